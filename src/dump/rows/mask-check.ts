/**
 * Whether the masked rows still satisfy their constraints, asked of the server before anything is copied: an archive
 * that could not be restored must not be made. Each table is read once for what concerns single rows, and once for each
 * key that a mask touches.
 */
import type { ColumnRow } from "../../catalog/column.ts";
import type { Catalog } from "../../catalog/read.ts";
import { UsageError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { columnTypes } from "../column-types.ts";
import { matchRows, readForeignKeys, type ReadForeignKey } from "./foreign-keys.ts";
import { excludedSql, type ExclusionRow, exclusionsSql } from "./mask-exclusion.ts";
import { type SelectedRelation, whereClause } from "./select-list.ts";

interface UniqueRow {
  readonly relation: number;
  readonly name: string;
  readonly columns: readonly string[];
  readonly keys: readonly string[];
  readonly hasExpressions: boolean;
  readonly predicate: string | null;
  readonly nullsEqual: boolean;
}

interface CheckRow {
  readonly relation: number;
  readonly name: string;
  readonly columns: readonly string[];
  readonly expression: string;
}

/** @throws UsageError naming the constraint, only when a mask breaks one; ServerError when an expression fails. */
export async function checkMasks(
  connection: Connection,
  catalog: Catalog,
  selected: readonly SelectedRelation[],
): Promise<void> {
  const masked = selected.filter(({ masks }) => masks.size > 0);
  if (masked.length === 0) return;
  const rows = maskedRows(catalog, selected);
  const oids = `${quoteLiteral(`{${masked.map(({ relation }) => relation.oid).join(",")}}`)}::pg_catalog.oid[]`;
  const checks = await connection.query<CheckRow>(checksSql(oids));
  const unique = await connection.query<UniqueRow>(uniqueSql(oids, catalog.version.major));
  const exclusions = await connection.query<ExclusionRow>(
    exclusionsSql(oids, NAMES("i.indkey::pg_catalog.int2[]", "i.indrelid")),
  );
  const changes = new Map(masked.map((one) => [one.relation.oid, changedColumns(catalog, one)]));
  const changed: Changed = (relation, column) => changes.get(relation)?.has(column) ?? false;
  for (const one of masked) {
    await checkRows(connection, catalog, one, checks, changed, rows);
    await checkKeys(connection, one, unique, changed, rows);
    await checkExclusions(connection, one, exclusions, changed, rows);
  }
  const byOid = new Map(selected.map((one) => [one.relation.oid, one]));
  for (const key of await readForeignKeys(connection, catalog.version.major))
    await checkForeignKey(connection, catalog, key, byOid, changed, rows);
}

const NAMES = (numbers: string, relation: string): string =>
  `ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.unnest(${numbers}) WITH ORDINALITY AS k (n, i)
         JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.n ORDER BY k.i)`;

function checksSql(oids: string): string {
  return `
    SELECT conrelid AS relation, conname AS name, ${NAMES("conkey", "conrelid")} AS columns,
           pg_catalog.pg_get_expr(conbin, conrelid) AS expression
    FROM pg_catalog.pg_constraint WHERE contype = 'c' AND convalidated AND conrelid = ANY (${oids})
    UNION ALL
    SELECT c.oid, c.relname || ' (partition bounds)', ARRAY(SELECT attname::pg_catalog.text FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), b.text
    FROM pg_catalog.pg_class c, LATERAL (SELECT pg_catalog.pg_get_partition_constraintdef(c.oid) AS text) AS b
    WHERE c.oid = ANY (${oids}) AND b.text <> ''
    ORDER BY 1, 2`;
}

function uniqueSql(oids: string, major: number): string {
  return `
    SELECT i.indrelid AS relation, c.relname AS name, ${NAMES("i.indkey::pg_catalog.int2[]", "i.indrelid")} AS columns,
           ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k, true)
                 FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS k) AS keys,
           i.indexprs IS NOT NULL AS "hasExpressions", pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
           ${major >= 15 ? "i.indnullsnotdistinct" : "false"} AS "nullsEqual"
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    WHERE i.indisunique AND i.indisvalid AND i.indrelid = ANY (${oids}) ORDER BY 1, 2`;
}

/** The rows of a relation as they will be in the archive, as a subquery with the columns' own types. */
type MaskedRows = (selected: SelectedRelation) => string;

function maskedRows(catalog: Catalog, selected: readonly SelectedRelation[]): MaskedRows {
  const wanted = new Set(selected.map(({ relation }) => relation.oid));
  const columns = new Map<number, ColumnRow[]>();
  for (const column of catalog.columns) {
    const own = columns.get(column.relation);
    if (own !== undefined) own.push(column);
    else if (wanted.has(column.relation)) columns.set(column.relation, [column]);
  }
  return ({ relation, masks, where }) => {
    const own = columns.get(relation.oid) ?? [];
    const stored = own
      .filter(({ generated }) => generated === "")
      .map(({ name, type }) => {
        const expression = masks.get(name);
        const column = quoteIdent(name);
        return expression === undefined ? column : `((${expression}\n)::${type}) AS ${column}`;
      });
    const rows = `(SELECT ${stored.join(", ")} FROM ONLY ${qualify(relation.namespace, relation.name)}${whereClause([where])})`;
    if (stored.length === own.length) return rows;
    // A restore computes generated columns from the masked ones.
    const all = own.map(({ name, type, generated, defaultValue }) =>
      generated === "" ? quoteIdent(name) : `((${defaultValue!})::${type}) AS ${quoteIdent(name)}`,
    );
    return `(SELECT ${all.join(", ")} FROM ${rows} AS stored)`;
  };
}

function broken(what: string, constraint: string, { relation }: SelectedRelation): UsageError {
  const table = qualify(relation.namespace, relation.name);
  return new UsageError(`a mask breaks ${constraint} of table ${table}: ${what}`, {
    object: `${constraint} of table ${table}`,
    hint: "choose another mask: the archive could not be restored",
  });
}

/** NOT NULL, lengths and CHECKs in one pass. */
async function checkRows(
  connection: Connection,
  catalog: Catalog,
  one: SelectedRelation,
  checks: readonly CheckRow[],
  changed: Changed,
  rows: MaskedRows,
): Promise<void> {
  const { relation, masks } = one;
  const table = qualify(relation.namespace, relation.name);
  const typeOf = columnTypes(catalog);
  const conditions: { sql: string; error: UsageError }[] = [];
  for (const column of catalog.columns) {
    if (column.relation !== relation.oid || !changed(relation.oid, column.name)) continue;
    const name = quoteIdent(column.name);
    if (column.notNull) {
      const named = catalog.constraints.find(
        ({ type, relation: of, columns }) =>
          type === "n" && of === relation.oid && columns[0] === column.number,
      );
      const label = `the NOT NULL constraint ${named === undefined ? `on column ${name}` : quoteIdent(named.name)}`;
      conditions.push({ sql: `${name} IS NULL`, error: broken("it gives NULL", label, one) });
    }
    const limit = /^character(?: varying)?\((\d+)\)$/.exec(typeOf(relation.oid, column.name))?.[1];
    if (limit !== undefined && masks.has(column.name)) {
      // A cast to the type would cut silently; COPY refuses.
      const value = `pg_catalog.length((${masks.get(column.name)}\n)::pg_catalog.text)`;
      const [row] = await connection.query<{ found: boolean }>(
        `SELECT EXISTS (SELECT FROM ONLY ${table}${whereClause([one.where, `${value} > ${limit}`])}) AS found`,
        { action: `apply the masks of table ${table}`, object: `table ${table}` },
      );
      if (row!.found)
        throw broken(`it gives more than ${limit} characters`, `the type of column ${name}`, one);
    }
  }
  for (const { relation: of, name, columns, expression } of checks) {
    if (of !== relation.oid || !columns.some((column) => changed(of, column))) continue;
    conditions.push({
      sql: `NOT (${expression})`,
      error: broken("a row does not satisfy it", `the constraint ${quoteIdent(name)}`, one),
    });
  }
  // Without a condition too: an expression that fails must do so here.
  const list = conditions.map(
    ({ sql }, i) => `COALESCE(pg_catalog.bool_or(${sql}), false) AS c${i}`,
  );
  const every = [...masks.keys()].map((name) => `pg_catalog.count(${quoteIdent(name)})`);
  const [found] = await connection.query<Record<string, unknown>>(
    `SELECT ${[...list, ...every].join(", ")} FROM ${rows(one)} AS masked`,
    { action: `apply the masks of table ${table}`, object: `table ${table}` },
  );
  for (const [i, { error }] of conditions.entries()) if (found![`c${i}`] === true) throw error;
}

async function checkKeys(
  connection: Connection,
  one: SelectedRelation,
  unique: readonly UniqueRow[],
  changed: Changed,
  rows: MaskedRows,
): Promise<void> {
  for (const key of unique) {
    const { relation, name, keys, predicate, nullsEqual } = key;
    if (relation !== one.relation.oid || !isTouched(changed, key)) continue;
    const notNull = nullsEqual ? [] : keys.map((key) => `(${key}) IS NOT NULL`);
    const where = [...(predicate === null ? [] : [`(${predicate})`]), ...notNull];
    const [row] = await connection.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM ${rows(one)} AS masked${where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`}
       GROUP BY ${keys.map((key) => `(${key})`).join(", ")} HAVING pg_catalog.count(*) > 1) AS found`,
      { action: "check the masks", object: `index ${name}` },
    );
    if (row!.found)
      throw broken(
        "two rows would have equal values",
        `the unique constraint ${quoteIdent(name)}`,
        one,
      );
  }
}

async function checkExclusions(
  connection: Connection,
  one: SelectedRelation,
  exclusions: readonly ExclusionRow[],
  changed: Changed,
  rows: MaskedRows,
): Promise<void> {
  for (const exclusion of exclusions) {
    const { relation, name } = exclusion;
    if (relation !== one.relation.oid || !isTouched(changed, exclusion)) continue;
    const [row] = await connection.query<{ found: boolean }>(excludedSql(exclusion, rows(one)), {
      action: "check the masks",
      object: `constraint ${name}`,
    });
    if (row!.found)
      throw broken("two rows would exclude each other", `the constraint ${quoteIdent(name)}`, one);
  }
}

async function checkForeignKey(
  connection: Connection,
  catalog: Catalog,
  key: ReadForeignKey,
  selected: ReadonlyMap<number, SelectedRelation>,
  changed: Changed,
  rows: MaskedRows,
): Promise<void> {
  const child = selected.get(key.child);
  const parents = leavesOf(catalog, key.parent).flatMap((oid) => selected.get(oid) ?? []);
  // One that was never validated is restored so.
  if (child === undefined || parents.length === 0 || !key.validated) return;
  const touched =
    key.columns.some((column) => changed(key.child, column)) ||
    parents.some(({ relation }) => key.references.some((column) => changed(relation.oid, column)));
  if (!touched) return;
  const list = (names: readonly string[]): string => names.map(quoteIdent).join(", ");
  const referenced = parents
    .map((parent) => `SELECT ${list(key.references)} FROM ${rows(parent)} AS masked`)
    .join(" UNION ALL ");
  const from = `FROM (${referenced}) AS parent WHERE ${matchRows(key)}`;
  const [period, covering] = [key.columns.at(-1)!, key.references.at(-1)!].map(quoteIdent);
  const there = key.period
    ? `COALESCE(child.${period} OPERATOR(pg_catalog.<@) (SELECT pg_catalog.range_agg(parent.${covering}) ${from}), false)`
    : `EXISTS (SELECT ${from})`;
  const nulls = `pg_catalog.num_nulls(${key.columns.map((column) => `child.${quoteIdent(column)}`).join(", ")})`;
  const partly = key.matchFull ? `${nulls} BETWEEN 1 AND ${key.columns.length - 1} OR ` : "";
  const [row] = await connection.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM ${rows(child)} AS child WHERE ${partly}${nulls} = 0
       AND NOT ${there}) AS found`,
    { action: "check the masks", object: `foreign key ${key.name}` },
  );
  if (row!.found)
    throw broken(
      "it refers to a row that is not there",
      `the foreign key ${quoteIdent(key.name)}`,
      child,
    );
}

/** Whether a column of a table may hold other values in the archive. */
type Changed = (relation: number, column: string) => boolean;

/** Whether an index may hold other values; what an expression or a condition reads is not looked into. */
function isTouched(
  changed: Changed,
  { relation, columns, hasExpressions, predicate }: UniqueRow | ExclusionRow,
): boolean {
  return (
    hasExpressions || predicate !== null || columns.some((column) => changed(relation, column))
  );
}

/** Those of one masked table: the masked ones, and those that are generated from them. */
function changedColumns(catalog: Catalog, { relation, masks }: SelectedRelation): Set<string> {
  const generated = catalog.columns.filter(
    (column) => column.relation === relation.oid && column.generated !== "",
  );
  return new Set([...masks.keys(), ...generated.map(({ name }) => name)]);
}

/** The table, or the partitions below it that hold rows. */
export function leavesOf(catalog: Catalog, oid: number): number[] {
  const row = catalog.relations.find((relation) => relation.oid === oid);
  if (row?.kind !== "p") return [oid];
  return catalog.inherits
    .filter(({ parent }) => parent === oid)
    .flatMap(({ child }) => leavesOf(catalog, child));
}
