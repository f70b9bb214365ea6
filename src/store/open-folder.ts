/** The one place that tells folders of this machine and of object stores apart. */
import { isStoreAddress } from "./address.ts";
import type { ArchiveFolder } from "./folder.ts";
import { LocalFolder } from "./local/local-folder.ts";

/**
 * The folder at an address: a path, or `s3://bucket/prefix`. Nothing is read or created.
 * @throws UsageError only when it is an address of a store that is not valid, or there are no keys for it.
 */
export async function openFolder(address: string): Promise<ArchiveFolder> {
  if (!isStoreAddress(address)) return new LocalFolder(address);
  // Loaded only here: most commands use no object store.
  const { openS3Folder } = await import("./s3/s3-folder.ts");
  return openS3Folder(address);
}
