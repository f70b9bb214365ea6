/** The foreign tables of an archive, whose rows are not in the database. */
import type { Manifest, ManifestRelation } from "./manifest.ts";

/** Tells whether a relation is one. */
export function foreignTables({
  objects,
}: Pick<Manifest, "objects">): (relation: Pick<ManifestRelation, "object">) => boolean {
  const ids = new Set(objects.flatMap(({ id, kind }) => (kind === "foreign-table" ? [id] : [])));
  return ({ object }) => object !== null && ids.has(object);
}
