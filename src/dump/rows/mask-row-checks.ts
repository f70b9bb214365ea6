/** Checks masked rows against NOT NULL, length limits, CHECK constraints and partition bounds, in one pass over a table. */
import type { ColumnRow } from "../../catalog/column.ts";
import type { Catalog } from "../../catalog/read.ts";
import type { UsageError } from "../../errors.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { isNull } from "../../sql/null-test.ts";
import { columnTypes } from "../column-types.ts";
import { indexColumnNames } from "./index-columns.ts";
import { brokenConstraint, type MaskChecks } from "./masked-rows.ts";
import { type SelectedRelation, whereClause } from "./selected-relation.ts";

export interface CheckRow {
  readonly relation: number;
  readonly name: string;
  readonly columns: readonly string[];
  readonly expression: string;
}

/** CHECK constraints and partition bounds. @param oids tables, as an array in SQL. */
export function checksSql(oids: string): string {
  return `
    SELECT conrelid AS relation, conname AS name, ${indexColumnNames("conkey", "conrelid")} AS columns,
           pg_catalog.pg_get_expr(conbin, conrelid) AS expression
    FROM pg_catalog.pg_constraint WHERE contype = 'c' AND convalidated AND conrelid = ANY (${oids})
    UNION ALL
    SELECT c.oid, c.relname || ' (partition bounds)', ARRAY(SELECT attname::pg_catalog.text FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), b.text
    FROM pg_catalog.pg_class c, LATERAL (SELECT pg_catalog.pg_get_partition_constraintdef(c.oid) AS text) AS b
    WHERE c.oid = ANY (${oids}) AND b.text <> ''
    ORDER BY 1, 2`;
}

/** A condition that no masked row may fulfil, and the error when one does. */
interface Violation {
  readonly sql: string;
  readonly error: UsageError;
}

/** @throws UsageError naming the constraint, only when a row breaks one. */
export async function checkRows(
  context: MaskChecks,
  selected: SelectedRelation,
  checks: readonly CheckRow[],
): Promise<void> {
  const { reader, catalog, isChanged, rowsOf } = context;
  const { relation, masks } = selected;
  const violations: Violation[] = [];
  for (const column of catalog.columns) {
    if (column.relation !== relation.oid || !isChanged(relation.oid, column.name)) continue;
    if (column.notNull) violations.push(nullViolation(catalog, selected, column));
    await checkLength(context, selected, column);
  }
  for (const { relation: table, name, columns, expression } of checks) {
    if (table !== relation.oid || !columns.some((column) => isChanged(table, column))) continue;
    const constraint = `the constraint ${quoteIdent(name)}`;
    violations.push({
      sql: `NOT (${expression})`,
      error: brokenConstraint("a row does not satisfy it", constraint, selected),
    });
  }
  const conditions = violations.map(
    ({ sql }, i) => `COALESCE(pg_catalog.bool_or(${sql}), false) AS c${i}`,
  );
  // Evaluates every mask, even without a condition on it: an expression that fails must fail here.
  const masked = [...masks.keys()].map((name) => `pg_catalog.count(${quoteIdent(name)})`);
  const [row] = await reader.query<Record<string, unknown>>(
    `SELECT ${[...conditions, ...masked].join(", ")} FROM ${rowsOf(selected)} AS masked`,
    applying(selected),
  );
  for (const [i, { error }] of violations.entries()) if (row![`c${i}`] === true) throw error;
}

function nullViolation(catalog: Catalog, selected: SelectedRelation, column: ColumnRow): Violation {
  const name = quoteIdent(column.name);
  const constraint = catalog.constraints.find(
    ({ type, relation, columns }) =>
      type === "n" && relation === selected.relation.oid && columns[0] === column.number,
  );
  const label = constraint === undefined ? `on column ${name}` : quoteIdent(constraint.name);
  return {
    sql: isNull(name),
    error: brokenConstraint("it gives NULL", `the NOT NULL constraint ${label}`, selected),
  };
}

/** A cast to the column's type would truncate silently, and a restore's COPY refuses what is too long. */
async function checkLength(
  { reader, catalog }: MaskChecks,
  selected: SelectedRelation,
  column: ColumnRow,
): Promise<void> {
  const { relation, masks, where } = selected;
  const type = columnTypes(catalog)(relation.oid, column.name);
  const limit = /^character(?: varying)?\((\d+)\)$/.exec(type)?.[1];
  const mask = masks.get(column.name);
  if (limit === undefined || mask === undefined) return;
  const length = `pg_catalog.length((${mask}\n)::pg_catalog.text)`;
  const table = qualify(relation.namespace, relation.name);
  const [row] = await reader.query<{ exceeded: boolean }>(
    `SELECT EXISTS (SELECT FROM ONLY ${table}${whereClause([where, `${length} > ${limit}`])}) AS exceeded`,
    applying(selected),
  );
  if (!row!.exceeded) return;
  const what = `it gives more than ${limit} characters`;
  throw brokenConstraint(what, `the type of column ${quoteIdent(column.name)}`, selected);
}

function applying({ relation }: SelectedRelation): { action: string; object: string } {
  const table = `table ${qualify(relation.namespace, relation.name)}`;
  return { action: `apply the masks of ${table}`, object: table };
}
