/** The lock of a backup folder: one run at a time. */
import type { Lock, LockOptions } from "../../store/folder.ts";
import { openFolder } from "../../store/open-folder.ts";

/**
 * Takes the lock of a folder.
 * @throws NexushubDumpError (BUSY) only when another run holds it; and what the folder throws.
 */
export async function lockFolder(address: string, options?: LockOptions): Promise<Lock> {
  return (await openFolder(address)).takeLock(options);
}
