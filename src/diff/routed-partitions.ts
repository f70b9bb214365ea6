/**
 * Partitions whose rows are loaded through a table above them: a restored copy can have each row in another partition. So
 * they are compared as one relation, under the name of that table. Pure.
 */
import type { Manifest, ManifestPart, ManifestRelation } from "../archive/format/manifest.ts";

export interface GatheredRelations {
  readonly relations: readonly ManifestRelation[];
  /** The columns of a part, which partitions can have in another order than the relation that they make up. */
  readonly columnsOf: (relation: ManifestRelation, part: ManifestPart) => readonly string[];
}

/** The relations of two archives, both gathered by what either of them says. */
export function gatherPartitions(
  before: Manifest,
  after: Manifest,
): [before: GatheredRelations, after: GatheredRelations] {
  const roots = new Map<string, NonNullable<ManifestRelation["loadThrough"]>>();
  for (const relation of [...before.relations, ...after.relations])
    if (relation.loadThrough !== null) roots.set(nameOf(relation), relation.loadThrough);
  return [gather(before.relations, roots), gather(after.relations, roots)];
}

function nameOf({ namespace, name }: { namespace: string; name: string }): string {
  return JSON.stringify([namespace, name]);
}

function gather(
  relations: readonly ManifestRelation[],
  roots: ReadonlyMap<string, NonNullable<ManifestRelation["loadThrough"]>>,
): GatheredRelations {
  if (roots.size === 0) return { relations, columnsOf: ({ columns }) => columns };
  const layouts = new Map<ManifestPart, readonly string[]>();
  const gathered = new Map<string, ManifestRelation>();
  for (const relation of relations) {
    const root = relation.kind === "table" ? roots.get(nameOf(relation)) : undefined;
    // Large objects have a name of their own, which no table has.
    const id = nameOf(root ?? relation);
    const others = gathered.get(id);
    gathered.set(
      id,
      root === undefined
        ? relation
        : others === undefined
          ? { ...relation, ...root }
          : joined(others, relation),
    );
    if (root !== undefined) for (const part of relation.parts) layouts.set(part, relation.columns);
  }
  return {
    relations: [...gathered.values()],
    columnsOf: ({ columns }, part) => layouts.get(part) ?? columns,
  };
}

function joined(a: ManifestRelation, b: ManifestRelation): ManifestRelation {
  return {
    ...a,
    rows: a.rows + b.rows,
    bytes: a.bytes + b.bytes,
    parts: [...a.parts, ...b.parts],
    where: a.where ?? b.where,
    sample: a.sample ?? b.sample,
    masked: [...new Set([...a.masked, ...b.masked])],
  };
}
