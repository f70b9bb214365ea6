/** The error of a run that another run keeps out of a folder. */
import { NexushubDumpError } from "../errors.ts";
import type { HeldBy } from "./folder.ts";

export function lockedError({ path, record, state }: HeldBy): NexushubDumpError {
  if (record === null) {
    return new NexushubDumpError("BUSY", "another backup into this folder is just beginning", {
      object: path,
      hint: "if none is running, the damaged lock file is ignored in some minutes; nexushub-dump unlock --force removes it now",
    });
  }
  const isSeen = state === "alive";
  const host = isSeen ? "" : ` on ${record.host}`;
  return new NexushubDumpError(
    "BUSY",
    `another backup into this folder is running: process ${record.pid}${host}, since ${record.since}`,
    {
      object: path,
      hint: isSeen
        ? "wait for it to end; existing backups are not touched"
        : "that process cannot be seen from here. If it died, its lock is ignored within minutes; nexushub-dump unlock --force removes it now",
    },
  );
}
