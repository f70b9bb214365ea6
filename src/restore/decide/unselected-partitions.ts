/** Partitions and children of selected tables that a selection leaves out: their rows do not come back with the table. Pure. */
import type { Manifest, ManifestObject } from "../../archive/format/manifest.ts";
import { formatCount, listed } from "../../util/format.ts";
import { qualify } from "../../sql/ident.ts";
import { objectLabel } from "../../util/label.ts";
import { type Warning, warning } from "../../warnings.ts";

/**
 * A warning for each selected table whose partitions have rows in the archive and were not selected.
 * @param isSelected whether a table is restored.
 */
export function unselectedPartitions(
  manifest: Pick<Manifest, "objects" | "relations">,
  isSelected: (table: Pick<ManifestObject, "namespace" | "name">) => boolean,
): Warning[] {
  const partitions = partitionsOf(manifest);
  const rows = new Map(manifest.relations.map((relation) => [relation.object, relation.rows]));
  /** Tables below one, down to those that are selected, which have warnings of their own. */
  const below = (table: ManifestObject): ManifestObject[] =>
    (partitions.get(table.id) ?? [])
      .filter((partition) => !isSelected(partition))
      .flatMap((partition) => [partition, ...below(partition)]);
  return manifest.objects.flatMap((table) => {
    // A table with rows of its own is not partitioned: others only inherit from it.
    if (table.kind !== "table" || rows.has(table.id) || !isSelected(table)) return [];
    const names = below(table).flatMap(({ id, namespace, name }) => {
      const count = rows.get(id) ?? 0;
      return count === 0 ? [] : [`${qualify(namespace, name)} (${formatCount(count)})`];
    });
    if (names.length === 0) return [];
    const label = objectLabel(table);
    const message = `${label}: the rows of ${listed(names)} do not come back, because these partitions were not selected`;
    return [warning("partitions-not-selected", label, message)];
  });
}

/** The tables that are attached to each, by its `id`. */
function partitionsOf({ objects }: Pick<Manifest, "objects">): Map<number, ManifestObject[]> {
  const byId = new Map(objects.map((object) => [object.id, object]));
  const partitions = new Map<number, ManifestObject[]>();
  for (const { kind, parent, requires } of objects) {
    if (kind !== "table-attach" || parent === null) continue;
    const partition = byId.get(parent)!;
    for (const id of requires) {
      if (id === parent || byId.get(id)?.kind !== "table") continue;
      partitions.set(id, [...(partitions.get(id) ?? []), partition]);
    }
  }
  return partitions;
}
