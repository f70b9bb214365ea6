/** SQL for the names of an index's or a constraint's columns. */

/**
 * @param numbers SQL for an array of column numbers.
 * @param relation SQL for the oid of their table.
 */
export function indexColumnNames(numbers: string, relation: string): string {
  return `ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.unnest(${numbers}) WITH ORDINALITY AS k (n, i)
         JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.n ORDER BY k.i)`;
}

/** The names of a row `i` of `pg_index`. */
export const INDEX_COLUMNS = indexColumnNames("i.indkey::pg_catalog.int2[]", "i.indrelid");
