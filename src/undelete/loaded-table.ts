/**
 * A table's rows from the archive in a temporary table: the archive's columns with the target's types, the columns that the
 * target added, and four of ours. Pure: this file writes SQL and runs none.
 */
import { quoteJoinedWords } from "../sql/deparse/joined-words.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import type { TableFacts, TargetColumn, TargetKey } from "./facts.ts";
import type { UndeleteTable } from "./tables.ts";
import { type TypeChanges, typeChanges, type TypeSides } from "./type-changes.ts";

/** Numbers the rows in the archive's order. */
export const ROW = quoteIdent("nexushub_dump row");
/** The position in `UndeleteTable.sources` of the relation that a row is from. */
export const SOURCE = quoteIdent("nexushub_dump source");
/** Why a row comes back, `RowRole`; null for all others. */
export const ROLE = quoteIdent("nexushub_dump role");
/** What becomes of it, `RowFate`; null for rows without a role. */
export const FATE = quoteIdent("nexushub_dump fate");

export type RowRole = "selected" | "dependent" | "referenced";
export type RowFate = "insert" | "same" | "changed";

export interface LoadedTable {
  readonly table: UndeleteTable;
  readonly facts: TableFacts;
  /** Columns of the archive that the target has and does not compute: those that are inserted and compared. */
  readonly columns: readonly string[];
  /** Columns of the archive that the target lacks. */
  readonly missing: readonly string[];
  /** Columns of the archive that the target computes by now. */
  readonly computed: readonly string[];
  /** Columns of the target that the archive lacks. */
  readonly added: readonly TargetColumn[];
  /** Those of them that were computed when the archive was made. */
  readonly uncomputed: readonly string[];
  readonly typeChanges: TypeChanges;
  /** Null where entire rows are compared. */
  readonly key: TargetKey | null;
  /** The temporary table, as SQL. */
  readonly temporary: string;
  /** The rows of the target as SQL for FROM. */
  readonly target: string;
}

/** Compares the columns of both sides. */
export function loadedTable(
  table: UndeleteTable,
  facts: TableFacts,
  types: TypeSides | undefined,
): LoadedTable {
  const archived = new Set(table.sources.flatMap(({ relation }) => relation.columns));
  const targets = new Map(facts.columns.map((column) => [column.name, column]));
  const stored = facts.columns.filter(({ generated }) => generated === "");
  const added = stored.filter(({ name }) => !archived.has(name));
  const generated = new Set(table.sources.flatMap(({ relation }) => relation.generated));
  const inBoth = new Set(facts.columns.map(({ name }) => name).filter(hasValue));
  function hasValue(name: string): boolean {
    return archived.has(name) || isComputed(name);
  }
  function isComputed(name: string): boolean {
    return targets.get(name)!.generated === "s";
  }
  const columns = stored.map(({ name }) => name).filter((name) => archived.has(name));
  const usable = facts.keys.find((key) => key.columns.every((name) => inBoth.has(name)));
  return {
    table,
    facts,
    columns,
    missing: [...archived].filter((name) => !targets.has(name)),
    computed: [...archived].filter((name) => (targets.get(name)?.generated ?? "") !== ""),
    added,
    uncomputed: added.map(({ name }) => name).filter((name) => generated.has(name)),
    typeChanges: typeChanges(table, facts.columns, types),
    key: usable ?? archivedKey(table, columns),
    temporary: `pg_temp.${quoteIdent(temporaryName(table))}`,
    target: `${table.isPartitioned ? "" : "ONLY "}${qualify(table.namespace, table.name)}`,
  };
}

/** The archive's primary key, for a table that has another one by now. */
function archivedKey({ sources }: UndeleteTable, columns: readonly string[]): TargetKey | null {
  const keys = sources.map(({ relation }) => relation.primaryKey);
  const [first = []] = keys;
  const isOne = keys.every((key) => JSON.stringify(key) === JSON.stringify(first));
  if (!isOne || first.length === 0 || !first.every((name) => columns.includes(name))) return null;
  return { index: null, columns: first, operators: null };
}

function temporaryName({ number }: UndeleteTable): string {
  return `nexushub_dump_${number}`;
}

/** CREATE TABLE. Constraints of domains are left to the insertion, which concerns fewer rows. */
export function createSql({ table, facts, missing, computed }: LoadedTable): string {
  const columns = [
    ...facts.columns.map(columnSql),
    // Of a type that takes every value.
    ...missing.map((name) => `${quoteIdent(name)} pg_catalog.text`),
    ...computed.map((_, i) => `${quoteIdent(unusedName(i))} pg_catalog.text`),
    `${ROW} pg_catalog.int8 GENERATED ALWAYS AS IDENTITY`,
    `${SOURCE} pg_catalog.int4`,
    `${ROLE} pg_catalog.text`,
    `${FATE} pg_catalog.text`,
  ];
  return quoteJoinedWords(
    `CREATE TEMPORARY TABLE ${quoteIdent(temporaryName(table))} (${columns.join(", ")}) ON COMMIT DROP`,
  );
}

/** The columns of the temporary table that take a relation's columns, in their order. */
export function loadedColumns({ computed }: LoadedTable, columns: readonly string[]): string[] {
  return columns.map((name) => {
    const position = computed.indexOf(name);
    return position < 0 ? name : unusedName(position);
  });
}

/** Takes the values of a column that the target computes. */
function unusedName(position: number): string {
  return `nexushub_dump unused ${position}`;
}

function columnSql({ name, type, collation, generated, expression }: TargetColumn): string {
  const collate = collation === null ? "" : ` COLLATE ${collation}`;
  // A virtual one is stored here: conditions can name it, and its type may not be allowed in another table.
  const computed =
    generated !== "" && expression !== null ? ` GENERATED ALWAYS AS (${expression}) STORED` : "";
  return `${quoteIdent(name)} ${type}${collate}${computed}`;
}

/** The condition that rows of both sides have the same key. */
export function sameKey({ columns, operators }: TargetKey, a: string, b: string): string {
  if (operators === null) return `${rowText(a, columns)} = ${rowText(b, columns)}`;
  return columns
    .map((column, i) => `${a}.${quoteIdent(column)} ${operators[i]!} ${b}.${quoteIdent(column)}`)
    .join(" AND ");
}

/**
 * The text of a row, by which rows are compared: as COPY would write the values, null and empty text differ. It needs
 * no equality operator, and knows 1.0 from 1.00.
 */
export function rowText(alias: string, columns: readonly string[]): string {
  const values = columns.map((column) => `${alias}.${quoteIdent(column)}`);
  return `(ROW(${values.join(", ")})::pg_catalog.text COLLATE pg_catalog."C")`;
}

/** The condition that a row is from these relations; null for all. */
export function fromSources(alias: string, sources: readonly number[] | null): string {
  return sources === null ? "true" : `${alias}.${SOURCE} IN (${sources.join(", ") || "NULL"})`;
}
