/** Tells a folder of backups from an archive. */
import { isStoreAddress } from "../../store/address.ts";
import { openFolder } from "../../store/open-folder.ts";
import { splitBackupPath } from "./split-path.ts";

/** In an object store, where every prefix is a folder, what is named like an archive is one. */
export async function isBackupFolder(address: string): Promise<boolean> {
  if (!isStoreAddress(address)) return (await openFolder(address)).exists();
  return !/\.tar(?:\.|$)/.test(splitBackupPath(address).name);
}
