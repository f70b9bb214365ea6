/** The folder and the name of a backup's path or address. Pure. */
import { basename, dirname } from "node:path";
import {
  absoluteAddress,
  formatStoreAddress,
  isStoreAddress,
  parseStoreAddress,
} from "../../store/address.ts";

/** @throws UsageError only for an address of an object store that is not valid. */
export function splitBackupPath(path: string): { folder: string; name: string } {
  if (!isStoreAddress(path)) {
    const absolute = absoluteAddress(process.cwd(), path);
    return { folder: dirname(absolute), name: basename(absolute) };
  }
  const { key, ...rest } = parseStoreAddress(path);
  const slash = key.lastIndexOf("/");
  const folder = formatStoreAddress({ ...rest, key: slash < 0 ? "" : key.slice(0, slash) });
  return { folder, name: key.slice(slash + 1) };
}
