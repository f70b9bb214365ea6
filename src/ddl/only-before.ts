/** What newer servers refuse and older ones need. */
import { dollarQuote } from "../sql/literal.ts";

/** A statement that does nothing on a server of this major or a later one. */
export function onlyBefore(major: number, statement: string): string {
  const version = "pg_catalog.current_setting('server_version_num')::pg_catalog.int4";
  return `DO ${dollarQuote(`BEGIN\n  IF ${version} < ${major}0000 THEN\n    ${statement};\n  END IF;\nEND`)}`;
}
