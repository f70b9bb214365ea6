/** Sort keys that give rows one order on every server, whatever its locale. Pure. */

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

/** The text of the row, for tables without a key. Rows with equal text are equal in a dump, too. */
export function wholeRowKey(table: string): string {
  return `ROW(${table}.*)::pg_catalog.text COLLATE "C"`;
}
