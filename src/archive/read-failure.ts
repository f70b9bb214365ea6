/** What a failed read of an archive says. */
import { ArchiveError, isNexushubDumpError } from "../errors.ts";
import { systemReason } from "../util/system-reason.ts";

/** An error that names the entry. That a store did not answer is no fault of the archive's, and stays what it is. */
export function readFailure(name: string, cause: unknown): Error {
  if (isNexushubDumpError(cause) && (cause.code === "STORE" || cause.code === "ABORTED"))
    return cause;
  // A bad sector, or an error of the caller's store.
  return new ArchiveError(`${name} cannot be read: ${systemReason(cause)}`, {
    object: name,
    cause,
  });
}
