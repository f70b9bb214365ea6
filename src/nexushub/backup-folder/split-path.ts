/** The folder and the name of a backup's path or address. Pure. */
import { basename, dirname } from "node:path";
import {
  absoluteAddress,
  folderOf,
  isStoreAddress,
  parseStoreAddress,
  splitKey,
} from "../../store/address.ts";

/** @throws UsageError only for an address of an object store that is not valid. */
export function splitBackupPath(path: string): { folder: string; name: string } {
  if (!isStoreAddress(path)) {
    const absolute = absoluteAddress(process.cwd(), path);
    return { folder: dirname(absolute), name: basename(absolute) };
  }
  return { folder: folderOf(path), name: splitKey(parseStoreAddress(path).key).name };
}
