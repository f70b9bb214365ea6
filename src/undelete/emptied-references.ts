/** References that ON DELETE SET NULL emptied when rows were deleted that come back now. */
import type { Connection } from "../pg/connection.ts";
import { quoteIdent } from "../sql/ident.ts";
import { isNull } from "../sql/null-test.ts";
import { countOf, countUpdated } from "./fates.ts";
import { FATE, type LoadedTable, rowText, sameKey } from "./loaded-table.ts";
import type { UndeletedReference } from "./options.ts";
import { type Reference, refersTo } from "./references.ts";
import type { UndeleteTable } from "./tables.ts";
import type { Walk } from "./walk.ts";

/** A foreign key whose references are looked at, with the number to set back. */
interface EmptiedReference {
  readonly reference: Reference;
  readonly child: LoadedTable;
  readonly rows: number;
}

export interface EmptiedReferences {
  readonly listed: readonly UndeletedReference[];
  readonly emptied: readonly EmptiedReference[];
  /** Keys with ON DELETE SET DEFAULT, whose references nobody can tell from others that have the default. */
  readonly defaulted: readonly Pick<UndeletedReference, "namespace" | "name" | "constraint">[];
}

/**
 * @param planned rows to insert, by the number of their table; tables without are left out.
 * @param looksIn tells of a table whether its references are to be set back. Only such tables are read.
 */
export async function findEmptied(
  connection: Connection,
  walk: Walk,
  references: readonly Reference[],
  planned: ReadonlyMap<number, number>,
  looksIn: (table: UndeleteTable) => boolean,
): Promise<EmptiedReferences> {
  const listed: UndeletedReference[] = [];
  const emptied: EmptiedReference[] = [];
  const isPlanned = ({ parent }: Reference): boolean =>
    parent !== null && planned.has(parent.table.number);
  for (const reference of references) {
    const { key, child } = reference;
    if (key.onDelete !== "n" || !isPlanned(reference)) continue;
    let rows: number | null = null;
    if (looksIn(child.table)) {
      const loaded = await walk.load(child.table);
      // A key that the target has, so that each row is updated once.
      if (loaded.key !== null && loaded.key.index !== null) {
        rows = await countOf(connection, loaded, emptiedRows(reference, loaded, walk));
        if (rows > 0) emptied.push({ reference, child: loaded, rows });
      }
    }
    const { namespace, name } = child.table;
    listed.push({ namespace, name, constraint: key.name, columns: key.columns, rows });
  }
  const defaulted = references.flatMap((reference) => {
    const { namespace, name } = reference.child.table;
    const isDefaulted = reference.key.onDelete === "d" && isPlanned(reference);
    return isDefaulted ? [{ namespace, name, constraint: reference.key.name }] : [];
  });
  return { listed, emptied, defaulted };
}

/**
 * The rows that are there with nothing where the archive has a reference to a row that comes back. What else of them changed
 * does not matter: often a trigger noted the time when the reference was emptied.
 */
function emptiedRows(reference: Reference, child: LoadedTable, walk: Walk): string {
  const { key } = reference;
  const { temporary, target } = child;
  const parent = walk.loadedOf(reference.parent!.table)!;
  const kept = key.columns.filter((column) => !key.deleteSets.includes(column));
  const conditions = [
    ...key.deleteSets.map((column) => isNull(`present.${quoteIdent(column)}`)),
    ...(kept.length > 0 ? [`${rowText("present", kept)} = ${rowText("child", kept)}`] : []),
    `EXISTS (SELECT FROM ${parent.temporary} AS parent WHERE parent.${FATE} = 'insert' AND ${refersTo(reference)})`,
  ];
  return `${target} AS present JOIN ${temporary} AS child ON ${sameKey(child.key!, "present", "child")}
    WHERE ${conditions.join(" AND ")}`;
}

/** Sets them back, after the rows that they refer to were inserted. Returns how many of each. */
export async function setBack(
  connection: Connection,
  walk: Walk,
  { reference, child }: EmptiedReference,
): Promise<number> {
  const { key } = reference;
  const sets = key.deleteSets.map(
    (column) => `${quoteIdent(column)} = archived.${quoteIdent(column)}`,
  );
  const columns = [...new Set([...key.deleteSets, ...child.key!.columns])].map(
    (column) => `child.${quoteIdent(column)}`,
  );
  return countUpdated(
    connection,
    child,
    `UPDATE ${child.target} AS updated SET ${sets.join(", ")}
     FROM (SELECT ${columns.join(", ")} FROM ${emptiedRows(reference, child, walk)}) AS archived
     WHERE ${sameKey(child.key!, "updated", "archived")}`,
  );
}
