/**
 * Pairs the relations of an archive with the tables of the target. A table here is what rows are inserted into: an ordinary
 * table, or the topmost partitioned table with the rows of all its partitions. Pure.
 */
import type { Manifest, ManifestRelation } from "../archive/format/manifest.ts";
import { qualify } from "../sql/ident.ts";
import { matchesPattern, namePattern, onPath } from "../sql/pattern.ts";

/** A table of the target. */
export interface TargetTable {
  readonly oid: number;
  readonly namespace: string;
  readonly name: string;
  readonly isPartitioned: boolean;
  /** Its oid, and those of the tables that it is a partition of, the topmost last. */
  readonly path: readonly number[];
}

/** A relation of the archive, and the tables of the target that its rows belong to. */
export interface SourceRelation {
  readonly relation: ManifestRelation;
  /** As in `TargetTable`; without its own oid where the target has no such partition. */
  readonly path: readonly number[];
}

export interface UndeleteTable {
  readonly number: number;
  readonly oid: number;
  readonly namespace: string;
  readonly name: string;
  readonly isPartitioned: boolean;
  readonly sources: readonly SourceRelation[];
}

export interface TablePairs {
  readonly tables: readonly UndeleteTable[];
  /** Relations of the archive that the target lacks. */
  readonly missing: readonly ManifestRelation[];
}

const keyOf = ({ namespace, name }: { namespace: string | null; name: string }): string =>
  qualify(namespace, name);

export function pairTables(manifest: Manifest, targets: readonly TargetTable[]): TablePairs {
  const byName = new Map(targets.map((target) => [keyOf(target), target]));
  const byOid = new Map(targets.map((target) => [target.oid, target]));
  const parents = partitionParents(manifest);
  const sources = new Map<number, SourceRelation[]>();
  const missing: ManifestRelation[] = [];
  for (const relation of manifest.relations.filter(({ kind }) => kind === "table")) {
    const path = pathOf(relation, byName, parents);
    const root = path?.at(-1);
    if (path === null || root === undefined) missing.push(relation);
    else sources.set(root, [...(sources.get(root) ?? []), { relation, path }]);
  }
  const tables = [...sources].map(([oid, relations], number) => ({
    ...byOid.get(oid)!,
    number,
    sources: relations,
  }));
  return { tables, missing };
}

/** A partition that was dropped since belongs to the table that it was a partition of, if the target has that. */
function pathOf(
  relation: ManifestRelation,
  byName: ReadonlyMap<string, TargetTable>,
  parents: ReadonlyMap<string, string>,
): readonly number[] | null {
  const target = byName.get(keyOf(relation));
  if (target !== undefined) return target.path;
  const visited = new Set<string>();
  for (let name = parents.get(keyOf(relation)); name !== undefined; name = parents.get(name)) {
    const parent = byName.get(name);
    // The parent of a table that inherits is no partitioned table.
    if (parent !== undefined) return parent.isPartitioned ? parent.path : null;
    if (visited.has(name)) return null;
    visited.add(name);
  }
  return null;
}

/** The table to which the archive attaches each table, by name. */
function partitionParents({ objects }: Manifest): Map<string, string> {
  const tables = new Map(
    objects.filter(({ kind }) => kind === "table").map((object) => [object.id, keyOf(object)]),
  );
  const parents = new Map<string, string>();
  for (const { kind, parent, requires } of objects) {
    if (kind !== "table-attach" || parent === null) continue;
    const child = tables.get(parent);
    const attachedTo = requires.find((id) => id !== parent && tables.has(id));
    if (child !== undefined && attachedTo !== undefined)
      parents.set(child, tables.get(attachedTo)!);
  }
  return parents;
}

/** A function from a relation to the tables that it was a partition or a child of in the archive, near ones first. */
function archivedAncestors({ objects }: Manifest): (relation: ManifestRelation) => QualifiedName[] {
  const inherits = new Map(
    objects.flatMap((object) =>
      object.kind === "table" && object.inherits !== undefined
        ? [[keyOf(object), object.inherits] as const]
        : [],
    ),
  );
  return (relation) => {
    const ancestors = new Map<string, QualifiedName>();
    const visit = (table: QualifiedName): void => {
      for (const parent of inherits.get(keyOf(table)) ?? []) {
        if (ancestors.has(keyOf(parent))) continue;
        ancestors.set(keyOf(parent), parent);
        visit(parent);
      }
    };
    visit(relation);
    return [...ancestors.values()];
  };
}

interface QualifiedName {
  readonly namespace: string;
  readonly name: string;
}

/** A table that a pattern names, and which of its relations; null for all. */
export interface NamedTable {
  readonly table: UndeleteTable;
  /** The name by which conditions know it. */
  readonly alias: string;
  readonly sources: readonly number[] | null;
}

export interface NamedTables {
  readonly named: readonly NamedTable[];
  /** Relations of the archive that the target lacks. */
  readonly missing: readonly ManifestRelation[];
  /** Those that the pattern names as children of a table that the target has. */
  readonly missingChildren: readonly ManifestRelation[];
}

/**
 * A function that finds the tables which a pattern names: by their own name, by that of a partition, or by that of a table
 * which they are or were in the archive a partition or a child of, as a DELETE from that table reached them.
 */
export function tableFinder(
  manifest: Manifest,
  { tables, missing }: TablePairs,
  targets: readonly TargetTable[],
  searchPath: readonly string[],
): (text: string) => NamedTables {
  const byOid = new Map(targets.map((target) => [target.oid, target]));
  const ancestorsOf = archivedAncestors(manifest);
  return (text) => {
    const pattern = namePattern(text);
    const fits = (table: QualifiedName): boolean =>
      matchesPattern(pattern, table, onPath(searchPath));
    const named = tables.flatMap((table): NamedTable[] => {
      if (fits(table)) return [{ table, alias: table.name, sources: null }];
      const { name: alias } =
        table.sources.flatMap(({ relation }) => ancestorsOf(relation).filter(fits))[0] ?? table;
      const sources = table.sources.flatMap(({ relation, path }, source) =>
        [relation, ...ancestorsOf(relation), ...path.map((oid) => byOid.get(oid)!)].some(fits)
          ? [source]
          : [],
      );
      return sources.length === 0 ? [] : [{ table, alias, sources }];
    });
    const children = missing.filter(
      (relation) => !fits(relation) && ancestorsOf(relation).some(fits),
    );
    const isAlone = named.length === 0;
    return {
      named,
      missing: [...missing.filter(fits), ...(isAlone ? children : [])],
      missingChildren: isAlone ? [] : children,
    };
  };
}
