/** Warnings of the server while a restore runs, with the object whose statements caused them. Pure. */
import type { ManifestObject } from "../../archive/format/manifest.ts";
import { objectLabel } from "../../util/label.ts";
import { type Warning, warning } from "../../warnings.ts";

/** The object whose statements run; null between them. */
export interface RunningObject {
  object: ManifestObject | null;
}

/**
 * @param isRaised whether a function or a DO statement raised it, whose text is not shown.
 * @param major the server's.
 */
export function serverWarning(
  message: string,
  isRaised: boolean,
  { object }: RunningObject,
  major: number,
): Warning {
  if (object === null) return warning("server-warning", null, message);
  const label = objectLabel(object);
  // Such statements raise a warning only where what they grant on does not exist.
  if (isRaised && object.kind === "privileges") {
    const left = `${label} were left out: what they are on does not exist in the target`;
    return warning("missing-object", label, left);
  }
  if (isRaised && (object.kind === "table-attach" || object.kind === "index-attach")) {
    const left = `${label} was left out: what it attaches to does not exist in the target`;
    return warning("missing-object", label, left);
  }
  // Those of a key that the target refuses (src/ddl/kinds/add-foreign-key.ts).
  if (isRaised && object.kind === "foreign-key" && major < 18) {
    const left = `${label} was added to the partitions alone, as NOT VALID: the target has no such key of a partitioned table`;
    return warning("foreign-key-not-valid", label, left);
  }
  if (isRaised && object.kind === "foreign-key") {
    const left = `${label} was left out but for unlogged partitions: the target has no unlogged partitioned tables, and no other table may refer to an unlogged one`;
    return warning("unlogged-foreign-key", label, left);
  }
  // Where the source has none (src/ddl/public-schema.ts).
  if (isRaised && object.kind === "schema" && object.name === "public") {
    const kept = `${label} was not dropped, as the source did: it is in use in the target or belongs to somebody else`;
    return warning("existing-object", label, kept);
  }
  // NOT NULL of a partitioned table alone (src/ddl/kinds/partitioned-not-null.ts).
  if (isRaised && (object.kind === "table" || object.kind === "check-constraint")) {
    const left = `${label}: a NOT NULL was left out, or the partitions have it as well: the target refuses NO INHERIT of a partitioned table`;
    return warning("partitioned-not-null", label, left);
  }
  return warning("server-warning", label, message);
}
