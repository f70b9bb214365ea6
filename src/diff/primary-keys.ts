/** The columns by which rows of two archives are paired. Pure. */
import type { Manifest, ManifestRelation } from "../archive/format/manifest.ts";
import { format1PrimaryKeys } from "./format-1-primary-keys.ts";

/** Columns that identify a row of each relation, in key order; none where there is no primary key. */
export function primaryKeys(manifest: Manifest): (relation: ManifestRelation) => readonly string[] {
  const keyOfTable =
    manifest.format === 1
      ? format1PrimaryKeys(manifest)
      : ({ primaryKey }: ManifestRelation) => primaryKey;
  return (relation) =>
    // A page of a large object is identified by the object and the position.
    relation.kind === "large-objects" ? relation.columns.slice(0, 2) : keyOfTable(relation);
}
