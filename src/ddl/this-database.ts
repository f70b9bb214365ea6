/** Statements on the database that they run in: a restored database can have another name than the dumped one. */
import { dollarQuote, quoteLiteral } from "../sql/literal.ts";

/** Stands for the database's name in a statement. No text of a catalog can hold this character. */
export const THIS_DATABASE = "\0";

/** A statement that can run: one with `THIS_DATABASE` in it becomes a DO block that fills in the name. */
export function inThisDatabase(statement: string): string {
  if (!statement.includes(THIS_DATABASE)) return statement;
  const format = statement.replaceAll("%", "%%").replaceAll(THIS_DATABASE, "%1$I");
  const body = `EXECUTE pg_catalog.format(${quoteLiteral(format)}, pg_catalog.current_database());`;
  return `DO ${dollarQuote(`BEGIN\n  ${body}\nEND`)}`;
}
