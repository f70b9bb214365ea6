/** Sort keys that give rows one order on every server, whatever its locale. Pure. */
import { quoteIdent } from "../../sql/ident.ts";

const TEXT = /^(text|name|character( varying)?(\(\d+\))?)$/;
/** Types whose order does not depend on a locale. */
const FIXED =
  /^(smallint|integer|bigint|numeric(\(.*\))?|real|double precision|boolean|uuid|bytea|oid|inet|cidr|date|(time|timestamp)(\(\d\))? with(out)? time zone|interval.*)$/;

/**
 * The expression to order by instead of a column: the bytes of text, and the text of types that can contain text (arrays,
 * ranges, `citext`, `jsonb`) and of all others.
 * @param type the type under the column's domains, as `format_type()` prints it.
 */
export function sortKey(column: string, type: string): string {
  if (FIXED.test(type)) return column;
  return `${column}${TEXT.test(type) ? "" : "::pg_catalog.text"} COLLATE "C"`;
}

/**
 * The row of its stored columns, for tables without a key: rows that are equal in it are equal in a dump, too. Generated
 * columns follow from the others, and virtual ones are computed when they are read, which can fail.
 */
export function wholeRow(table: string, columns: readonly string[]): string {
  return `ROW(${columns.map((name) => `${table}.${quoteIdent(name)}`).join(", ")})`;
}

/** Its text. */
export function wholeRowKey(table: string, columns: readonly string[]): string {
  return `${wholeRow(table, columns)}::pg_catalog.text COLLATE "C"`;
}
