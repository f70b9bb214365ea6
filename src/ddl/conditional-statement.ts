/** Statements that decide where they run whether they do anything. */
import { dollarQuote } from "../sql/literal.ts";

/** A statement that does nothing where the condition, an SQL expression, is not true. */
export function conditionalStatement(condition: string, statement: string): string {
  return `DO ${dollarQuote(`BEGIN\n  IF ${condition} THEN\n    ${statement};\n  END IF;\nEND`)}`;
}

/** A statement for older servers: it does nothing on a server of this major or a later one. */
export function beforeMajor(major: number, statement: string): string {
  const version = "pg_catalog.current_setting('server_version_num')::pg_catalog.int4";
  return conditionalStatement(`${version} < ${major}0000`, statement);
}
