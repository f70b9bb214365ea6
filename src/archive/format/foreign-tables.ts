/** The foreign tables of an archive, whose rows are not in the database. */
import type { Manifest } from "./manifest.ts";

/** `id`s of the objects that create them. */
export function foreignTables({ objects }: Pick<Manifest, "objects">): ReadonlySet<number> {
  return new Set(objects.flatMap(({ id, kind }) => (kind === "foreign-table" ? [id] : [])));
}
