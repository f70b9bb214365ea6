/** The doctor's check that every differential backup has the full one that it needs. Pure. */
import { listed, plural } from "../../util/format.ts";
import type { BackupFile } from "../backup-folder/list-backups.ts";
import { withoutBase } from "../retention/bases.ts";
import { candidateOf } from "../retention/candidates-in-folder.ts";
import { failure, type Finding, ok } from "./finding.ts";

/** @returns null when no backup in the folder is differential. */
export function basesFinding(backups: readonly BackupFile[]): Finding | null {
  const count = backups.filter(({ isDifferential }) => isDifferential).length;
  if (count === 0) return null;
  const missing = withoutBase(backups.map((file) => candidateOf(file)));
  if (missing.length === 0)
    return ok(`${plural(count, "differential backup")}, each with its base`);
  return failure(
    `without their base, these cannot be restored: ${listed(missing)}`,
    "put the full backup back that inspect names; otherwise remove them",
  );
}
