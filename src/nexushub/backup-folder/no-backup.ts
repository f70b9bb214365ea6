/** The error for a folder without backups, which says what the folder is instead. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../errors.ts";
import { FOLDER_MANIFEST } from "../../pack/layout.ts";
import { isStoreAddress } from "../../store/address.ts";

/** Folders of others that are taken for an archive, by a file in them. */
const OTHER_FOLDERS: readonly (readonly [file: string, hint: string])[] = [
  ["toc.dat", "it is a dump in pg_dump's directory format: use pg_restore"],
  [FOLDER_MANIFEST, "pack wrote it: unpack makes an archive of it"],
];

export function noBackup(folder: string): UsageError {
  const known = OTHER_FOLDERS.find(
    ([file]) => !isStoreAddress(folder) && existsSync(join(folder, file)),
  );
  return new UsageError("the folder contains no backup", {
    object: folder,
    hint:
      known?.[1] ?? "backups are named nexushub-<time>.tar.gz; create one with the backup command",
  });
}
