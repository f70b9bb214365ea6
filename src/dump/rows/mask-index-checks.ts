/** Checks masked rows against unique and exclusion constraints. Each is one pass over the table. */
import { operatorName } from "../../catalog/expressions.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { isNotNull } from "../../sql/null-test.ts";
import { INDEX_COLUMNS } from "./index-columns.ts";
import { brokenConstraint, checking, type MaskChecks } from "./masked-rows.ts";
import type { SelectedRelation } from "./selected-relation.ts";

interface IndexRow {
  readonly relation: number;
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns or expressions. */
  readonly keys: readonly string[];
  readonly hasExpressions: boolean;
  readonly predicate: string | null;
}

export interface UniqueRow extends IndexRow {
  readonly nullsEqual: boolean;
}

/** An exclusion constraint, or a key WITHOUT OVERLAPS. */
export interface ExclusionRow extends IndexRow {
  /** Two rows conflict when all operators hold for their keys. */
  readonly operators: readonly string[];
}

const KEYS = `
           ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k, true)
                 FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS k) AS keys,
           i.indexprs IS NOT NULL AS "hasExpressions", pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate`;

/** @param oids tables, as an array in SQL. */
export function uniqueSql(oids: string, major: number): string {
  return `
    SELECT i.indrelid AS relation, c.relname AS name, ${INDEX_COLUMNS} AS columns,${KEYS},
           ${major >= 15 ? "i.indnullsnotdistinct" : "false"} AS "nullsEqual"
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    WHERE i.indisunique AND i.indisvalid AND i.indrelid = ANY (${oids}) ORDER BY 1, 2`;
}

/** @param oids tables, as an array in SQL. */
export function exclusionsSql(oids: string): string {
  return `
    SELECT co.conrelid AS relation, co.conname AS name, ${INDEX_COLUMNS} AS columns,${KEYS},
           ARRAY(SELECT ${operatorName("n", "o")}
                 FROM pg_catalog.unnest(co.conexclop) WITH ORDINALITY AS k (op, i)
                 JOIN pg_catalog.pg_operator o ON o.oid = k.op JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
                 ORDER BY k.i) AS operators
    FROM pg_catalog.pg_constraint co JOIN pg_catalog.pg_index i ON i.indexrelid = co.conindid
    WHERE co.conexclop IS NOT NULL AND i.indrelid = ANY (${oids}) AND co.conrelid = i.indrelid ORDER BY 1, 2`;
}

/** @throws UsageError naming the constraint, only when two masked rows are equal. */
export async function checkUnique(
  { reader, rowsOf, isChanged }: MaskChecks,
  selected: SelectedRelation,
  indexes: readonly UniqueRow[],
): Promise<void> {
  for (const index of indexes) {
    const { name, keys, predicate, nullsEqual } = index;
    if (index.relation !== selected.relation.oid || !mayChange(index, isChanged)) continue;
    const notNull = nullsEqual ? [] : keys.map((key) => isNotNull(`(${key})`));
    const where = [...(predicate === null ? [] : [`(${predicate})`]), ...notNull];
    const [row] = await reader.query<{ violated: boolean }>(
      `SELECT EXISTS (SELECT FROM ${rowsOf(selected)} AS masked${where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`}
       GROUP BY ${keys.map((key) => `(${key})`).join(", ")} HAVING pg_catalog.count(*) > 1) AS violated`,
      checking(`index ${name}`),
    );
    if (!row!.violated) continue;
    const constraint = `the unique constraint ${quoteIdent(name)}`;
    throw brokenConstraint("two rows would have equal values", constraint, selected);
  }
}

/** @throws UsageError naming the constraint, only when two masked rows exclude each other. */
export async function checkExclusions(
  { reader, rowsOf, isChanged }: MaskChecks,
  selected: SelectedRelation,
  exclusions: readonly ExclusionRow[],
): Promise<void> {
  for (const exclusion of exclusions) {
    const { relation, name } = exclusion;
    if (relation !== selected.relation.oid || !mayChange(exclusion, isChanged)) continue;
    const [row] = await reader.query<{ violated: boolean }>(
      conflictSql(exclusion, rowsOf(selected)),
      checking(`constraint ${name}`),
    );
    if (!row!.violated) continue;
    const constraint = `the constraint ${quoteIdent(name)}`;
    throw brokenConstraint("two rows would exclude each other", constraint, selected);
  }
}

/** Compares each row with all others, unless one of the operators is an equality that the server can hash. */
function conflictSql({ keys, operators, predicate }: ExclusionRow, rows: string): string {
  const list = keys.map((key, i) => `(${key}) AS k${i}`).join(", ");
  const conflict = operators.map((operator, i) => `a.k${i} ${operator} b.k${i}`).join(" AND ");
  return `
    WITH keyed AS MATERIALIZED (
      SELECT pg_catalog.row_number() OVER () AS n, ${list} FROM ${rows} AS masked
      ${predicate === null ? "" : `WHERE (${predicate})`})
    SELECT EXISTS (SELECT FROM keyed a JOIN keyed b ON a.n < b.n AND ${conflict}) AS violated`;
}

/** Whether an index may hold other values. Expressions and predicates are not analyzed: they may read any column. */
function mayChange(
  { relation, columns, hasExpressions, predicate }: IndexRow,
  isChanged: MaskChecks["isChanged"],
): boolean {
  return (
    hasExpressions || predicate !== null || columns.some((column) => isChanged(relation, column))
  );
}
