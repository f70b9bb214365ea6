/** Tells a folder of backups from an archive. */
import { isStoreAddress } from "../../store/address.ts";
import { openFolder } from "../../store/open-folder.ts";
import { splitBackupPath } from "./split-path.ts";

/** Of archives, and of plain dumps. */
const FILE_NAME = /\.(?:tar|sql)(?:\.|$)/;

/** In an object store every prefix is a folder, but for what is named like an archive, and for objects that are there. */
export async function isBackupFolder(address: string): Promise<boolean> {
  if (!isStoreAddress(address)) return (await openFolder(address)).exists();
  if (FILE_NAME.test(splitBackupPath(address).name)) return false;
  const { hasObject } = await import("../../store/s3/has-object.ts");
  return !(await hasObject(address));
}
