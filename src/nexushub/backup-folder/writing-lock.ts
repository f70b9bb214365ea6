/** The lock of a folder, for a run that writes archives into it. */
import { NexushubDumpError } from "../../errors.ts";
import type { ArchiveFolder, Lock } from "../../store/folder.ts";
import { removeLeftovers } from "./leftovers.ts";

/**
 * Creates the folder where there is none, and takes its lock; on a full disk, what killed runs left makes room for it. A folder that
 * was created for nothing goes with the lock.
 * @throws NexushubDumpError (BUSY) only when another run holds it; what the folder throws.
 */
export async function lockForWriting(folder: ArchiveFolder): Promise<Lock> {
  const removeCreated = await folder.create();
  try {
    const makeRoom = async (): Promise<boolean> => (await removeLeftovers(folder.address)) > 0;
    const lock = await folder.takeLock({ makeRoom });
    return {
      isHeld: () => lock.isHeld(),
      release: async () => {
        await lock.release();
        await removeCreated();
      },
    };
  } catch (error) {
    await removeCreated();
    throw error;
  }
}

/**
 * To be called before a file gets its name.
 * @param usurper what may have taken the lock meanwhile, for the message.
 * @throws NexushubDumpError (BUSY) only when it is not held any more.
 */
export async function requireHeld(
  lock: Lock,
  folder: string,
  usurper: "backup" | "run",
): Promise<void> {
  if (await lock.isHeld()) return;
  throw new NexushubDumpError(
    "BUSY",
    `another ${usurper} took over the folder because this one did not respond for some minutes`,
    { object: folder, hint: "see whether the machine was suspended or its disk did not respond" },
  );
}
