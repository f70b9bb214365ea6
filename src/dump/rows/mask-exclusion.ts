/** Exclusion constraints, and keys WITHOUT OVERLAPS: which there are, and the question whether rows break one. Pure. */

export interface ExclusionRow {
  readonly relation: number;
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns or expressions, and what no two rows may give for all of them. */
  readonly keys: readonly string[];
  readonly operators: readonly string[];
  readonly hasExpressions: boolean;
  readonly predicate: string | null;
}

/** @param oids tables, as an array in SQL. @param names SQL for the names of an index's columns. */
export function exclusionsSql(oids: string, names: string): string {
  return `
    SELECT co.conrelid AS relation, co.conname AS name, ${names} AS columns,
           ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k, true)
                 FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS k) AS keys,
           ARRAY(SELECT pg_catalog.format('OPERATOR(%I.%s)', n.nspname, o.oprname)
                 FROM pg_catalog.unnest(co.conexclop) WITH ORDINALITY AS k (op, i)
                 JOIN pg_catalog.pg_operator o ON o.oid = k.op JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
                 ORDER BY k.i) AS operators,
           i.indexprs IS NOT NULL AS "hasExpressions", pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate
    FROM pg_catalog.pg_constraint co JOIN pg_catalog.pg_index i ON i.indexrelid = co.conindid
    WHERE co.conexclop IS NOT NULL AND i.indrelid = ANY (${oids}) AND co.conrelid = i.indrelid ORDER BY 1, 2`;
}

/**
 * Whether two of the rows exclude each other. Each is compared with all others, unless an operator is an equality that
 * the server can hash.
 */
export function excludedSql({ keys, operators, predicate }: ExclusionRow, rows: string): string {
  const list = keys.map((key, i) => `(${key}) AS k${i}`).join(", ");
  const conflict = operators.map((operator, i) => `a.k${i} ${operator} b.k${i}`).join(" AND ");
  return `
    WITH keyed AS MATERIALIZED (
      SELECT pg_catalog.row_number() OVER () AS n, ${list} FROM ${rows} AS masked
      ${predicate === null ? "" : `WHERE (${predicate})`})
    SELECT EXISTS (SELECT FROM keyed a JOIN keyed b ON a.n < b.n AND ${conflict}) AS found`;
}
