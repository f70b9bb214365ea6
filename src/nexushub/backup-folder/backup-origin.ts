/** What to read a backup from that may be encrypted. */
import { type AgeIdentities, decryptArchive } from "../../archive/encryption/age.ts";
import type { ArchiveStore } from "../../archive/storage/store.ts";
import type { BackupFile } from "./list-backups.ts";

/** Null when it is encrypted, and there is no identity. Opens nothing yet. */
export function originOf(
  { path, encrypted }: Pick<BackupFile, "path" | "encrypted">,
  identities: AgeIdentities | undefined,
): string | ArchiveStore | null {
  if (!encrypted) return path;
  return identities === undefined ? null : decryptArchive(path, identities);
}
