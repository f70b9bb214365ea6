/** The foreign keys of the target between tables whose rows the archive has, and the SQL of their conditions. Pure. */
import { matchRows, type ReadForeignKey } from "../pg/foreign-keys.ts";
import { quoteIdent } from "../sql/ident.ts";
import { isNotNull } from "../sql/null-test.ts";
import { FATE, fromSources, type LoadedTable } from "./loaded-table.ts";
import type { TablePairs, TargetTable, UndeleteTable } from "./tables.ts";

/** One side of a foreign key. */
export interface KeySide {
  readonly table: UndeleteTable;
  /** Of `UndeleteTable.sources`, where the key is a partition's alone; null for all. */
  readonly sources: readonly number[] | null;
}

export interface Reference {
  readonly key: ReadForeignKey;
  readonly child: KeySide;
  /** Null where the archive has no rows of the referenced table. */
  readonly parent: KeySide | null;
}

/** Keys of tables that are not in the archive are left out: no row of these comes back. */
export function pairReferences(
  keys: readonly ReadForeignKey[],
  { tables }: TablePairs,
  targets: readonly TargetTable[],
): Reference[] {
  const paths = new Map(targets.map(({ oid, path }) => [oid, path]));
  const byRoot = new Map(tables.map((table) => [table.oid, table]));
  const sideOf = (oid: number): KeySide | null => {
    const table = byRoot.get(paths.get(oid)?.at(-1) ?? 0);
    if (table === undefined) return null;
    if (table.oid === oid) return { table, sources: null };
    const sources = table.sources.flatMap(({ path }, i) => (path.includes(oid) ? [i] : []));
    return { table, sources };
  };
  return keys.flatMap((key) => {
    const child = key.enforced ? sideOf(key.child) : null;
    return child === null ? [] : [{ key, child, parent: sideOf(key.parent) }];
  });
}

/** Whether deleting a referenced row deletes the rows that refer to it, or requires that they are deleted first. */
export function deletesRows({ key: { onDelete } }: Reference): boolean {
  return onDelete === "c" || onDelete === "a" || onDelete === "r";
}

/** Whether a row `child` of the archive refers to a row `parent` of the archive. */
export function refersTo({ key, child, parent }: Reference): string {
  return `${fromSources("child", child.sources)} AND ${fromSources("parent", parent!.sources)} AND ${matchRows(key)}`;
}

/** Whether a row `child`, which is to be inserted, refers to something. Of several columns none may be null. */
function isSet({ key, child }: Reference): string {
  const columns = key.columns.map((column) => isNotNull(`child.${quoteIdent(column)}`));
  return `child.${FATE} = 'insert' AND ${fromSources("child", child.sources)} AND ${columns.join(" AND ")}`;
}

/**
 * Whether a row `child`, which is to be inserted, refers to something that the target lacks. Of keys with PERIOD several rows
 * together can be what it refers to, and then any of them may be gone.
 */
export function isUnmet(reference: Reference): string {
  const { key } = reference;
  if (key.period) return isSet(reference);
  return `${isSet(reference)} AND NOT EXISTS (SELECT FROM ${key.parentRows} AS parent WHERE ${matchRows(key)})`;
}

/** The same when everything that comes back is there. Of keys with PERIOD the server tells. */
export function isDangling(reference: Reference, parent: LoadedTable | undefined): string {
  if (reference.key.period) return "false";
  const inserted =
    parent === undefined
      ? ""
      : ` AND NOT EXISTS (SELECT FROM ${parent.temporary} AS parent WHERE parent.${FATE} = 'insert' AND ${refersTo(reference)})`;
  return `${isUnmet(reference)}${inserted}`;
}
