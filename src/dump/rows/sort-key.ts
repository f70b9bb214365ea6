/** By what rows are ordered so that every server gives them in one order, whatever its locale. Pure. */

const TEXT = /^(text|name|character( varying)?(\(\d+\))?)$/;
/** Types whose own order no locale decides. */
const FIXED =
  /^(smallint|integer|bigint|numeric(\(.*\))?|real|double precision|boolean|uuid|bytea|oid|inet|cidr|date|(time|timestamp)(\(\d\))? with(out)? time zone|interval.*)$/;

/**
 * What to order by instead of a column: text by its bytes; types that hold text in some form (arrays, ranges, `citext`,
 * `jsonb`), and all others, by how they are written.
 * @param type what is under the column's domains, as `format_type()` writes it.
 */
export function sortKey(column: string, type: string): string {
  if (FIXED.test(type)) return column;
  return `${column}${TEXT.test(type) ? "" : "::pg_catalog.text"} COLLATE "C"`;
}

/** The whole row, for tables without a key. Rows of equal text are equal in a dump, too. */
export function wholeRowKey(table: string): string {
  return `ROW(${table}.*)::pg_catalog.text COLLATE "C"`;
}
