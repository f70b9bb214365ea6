/** Looks for everything that stands in the way of the rows to insert, before the first is inserted. */
import type { Connection } from "../pg/connection.ts";
import { quoteIdent } from "../sql/ident.ts";
import { isNull } from "../sql/null-test.ts";
import { conflict, type ConflictReason, type UndeleteConflict } from "./conflict.ts";
import type { DistinctIndex } from "./facts.ts";
import { countOf, labelOf } from "./fates.ts";
import { FATE, type LoadedTable, ROLE, rowText, sameKey } from "./loaded-table.ts";
import { isDangling, type Reference } from "./references.ts";
import type { CountedTable } from "./summary.ts";
import type { Walk } from "./walk.ts";

export interface ConflictOptions {
  readonly references: readonly Reference[];
  /** Selected rows that exist with other values are left as they are. */
  readonly keepChanged: boolean;
}

export async function findConflicts(
  connection: Connection,
  walk: Walk,
  tables: readonly CountedTable[],
  options: ConflictOptions,
): Promise<UndeleteConflict[]> {
  const conflicts: UndeleteConflict[] = [];
  for (const { loaded, counts } of tables) {
    if (counts.changed > 0) conflicts.push(...(await changedRows(connection, loaded, options)));
    if (counts.inserted === 0) continue;
    conflicts.push(
      ...changedColumns(loaded),
      ...(await rowConflicts(connection, loaded)),
      ...(await danglingReferences(connection, walk, loaded, options)),
    );
  }
  return conflicts;
}

/** What is known of the table without its rows. */
function changedColumns(loaded: LoadedTable): UndeleteConflict[] {
  const { table, missing, added, uncomputed } = loaded;
  const required = added
    .filter(({ name }) => !uncomputed.includes(name))
    .filter(({ notNull, expression, isIdentity }) => notNull && expression === null && !isIdentity)
    .map(({ name }) => name);
  const masked = [...new Set(table.sources.flatMap(({ relation }) => relation.masked))];
  return [
    ...(missing.length > 0 ? [conflict(table, "missing-columns", { columns: missing })] : []),
    ...(required.length > 0 ? [conflict(table, "required-columns", { columns: required })] : []),
    ...(uncomputed.length > 0 ? [conflict(table, "was-generated", { columns: uncomputed })] : []),
    ...(masked.length > 0 ? [conflict(table, "masked", { columns: masked })] : []),
  ];
}

/** Rows of the same key and other values, with the columns that differ in any of them. Only tables with a key have such. */
async function changedRows(
  connection: Connection,
  loaded: LoadedTable,
  { keepChanged }: ConflictOptions,
): Promise<UndeleteConflict[]> {
  const { key, columns, temporary, target } = loaded;
  const differs = columns.map(
    (column) =>
      `pg_catalog.bool_or(${rowText("present", [column])} <> ${rowText("archived", [column])})`,
  );
  const [row] = await connection.query<{ count: number; differs: string[] }>(
    `SELECT count(*)::pg_catalog.float8 AS count, ARRAY[${differs.join(", ")}]::pg_catalog.text[] AS differs
     FROM ${temporary} AS archived JOIN ${target} AS present ON ${sameKey(key!, "present", "archived")}
     WHERE archived.${FATE} = 'changed' ${keepChanged ? `AND archived.${ROLE} <> 'selected'` : ""}`,
    { action: "compare rows of the archive with the target", object: labelOf(loaded) },
  );
  const { count, differs: flags } = row!;
  if (count === 0) return [];
  const changed = columns.filter((_, i) => flags[i] === "true");
  return [conflict(loaded.table, "changed", { columns: changed, rows: count })];
}

/** Rows of the target in their place, checks, nulls. */
async function rowConflicts(
  connection: Connection,
  loaded: LoadedTable,
): Promise<UndeleteConflict[]> {
  const { facts, key, columns } = loaded;
  const conflicts: UndeleteConflict[] = [];
  const look = async (
    condition: string,
    reason: ConflictReason,
    about: Partial<Pick<UndeleteConflict, "columns" | "constraint">>,
  ): Promise<void> => {
    const inserted = `${loaded.temporary} AS archived WHERE archived.${FATE} = 'insert'`;
    const rows = await countOf(connection, loaded, `${inserted} AND ${condition}`);
    if (rows > 0) conflicts.push(conflict(loaded.table, reason, { ...about, rows }));
  };
  for (const index of facts.distinct) {
    // Rows with the same key are not inserted.
    if (index.name === key?.index) continue;
    await look(isTaken(loaded, index), "duplicate", { constraint: index.name });
  }
  for (const { name, expression } of facts.checks)
    await look(`NOT (${expression})`, "check", { constraint: name });
  for (const { name, notNull } of facts.columns) {
    if (!notNull || !columns.includes(name)) continue;
    await look(isNull(`archived.${quoteIdent(name)}`), "not-null", { columns: [name] });
  }
  return conflicts;
}

/**
 * Whether a row of the target has what an index lets only one row have. Its expressions name columns without their table, so
 * each side is computed in a subquery of its own.
 */
function isTaken(
  { temporary, target }: LoadedTable,
  { columns, operators, predicate, nullsEqual }: DistinctIndex,
): string {
  const values = columns.map((column, i) => `(${column}) AS value_${i}`).join(", ");
  const where = predicate === null ? "" : ` AND (${predicate})`;
  const equal = operators.map((operator, i) => {
    const same = `present.value_${i} ${operator} archived.value_${i}`;
    if (!nullsEqual) return same;
    return `(${same} OR (pg_catalog.num_nulls(present.value_${i}) = 1 AND pg_catalog.num_nulls(archived.value_${i}) = 1))`;
  });
  return `archived.ctid IN (
    SELECT archived.position FROM (SELECT ctid AS position, ${values} FROM ${temporary} WHERE ${FATE} = 'insert'${where}) AS archived
    WHERE EXISTS (SELECT FROM (SELECT ${values} FROM ${target} WHERE true${where}) AS present WHERE ${equal.join(" AND ")}))`;
}

async function danglingReferences(
  connection: Connection,
  walk: Walk,
  loaded: LoadedTable,
  { references }: ConflictOptions,
): Promise<UndeleteConflict[]> {
  const conflicts: UndeleteConflict[] = [];
  for (const reference of references) {
    const { key, child, parent } = reference;
    if (child.table.number !== loaded.table.number) continue;
    const condition = isDangling(
      reference,
      parent === null ? undefined : walk.loadedOf(parent.table),
    );
    const dangling = `${loaded.temporary} AS child WHERE ${condition}`;
    const rows = await countOf(connection, loaded, dangling);
    if (rows > 0)
      conflicts.push(
        conflict(loaded.table, "missing-reference", {
          columns: key.columns,
          constraint: key.name,
          rows,
        }),
      );
  }
  return conflicts;
}
