/** Statements that are for some targets only, decided where they run. */
import { dollarQuote } from "../sql/literal.ts";

/** A statement that does nothing where the condition, an SQL expression, is not true. */
export function conditionalStatement(condition: string, statement: string): string {
  return `DO ${dollarQuote(`BEGIN\n  IF ${condition} THEN\n    ${statement};\n  END IF;\nEND`)}`;
}

/** What newer servers refuse and older ones need: it does nothing on a server of this major or a later one. */
export function beforeMajor(major: number, statement: string): string {
  const version = "pg_catalog.current_setting('server_version_num')::pg_catalog.int4";
  return conditionalStatement(`${version} < ${major}0000`, statement);
}
