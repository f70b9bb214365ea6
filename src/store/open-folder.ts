/** The one place that tells the kinds of folders apart. */
import type { ArchiveFolder } from "./folder.ts";
import { LocalFolder } from "./local/local-folder.ts";

/** The folder at an address. Nothing is read or created. */
export function openFolder(address: string): Promise<ArchiveFolder> {
  return Promise.resolve(new LocalFolder(address));
}
