/** Exit codes. Scripts rely on these numbers (docs/cli.md, "Exit codes"). */
import { type ErrorCode, isNexushubDumpError } from "../errors.ts";

export const DONE = 0;
export const FAILED = 1;
export const USAGE = 2;
export const REFUSED = 3;
export const DAMAGED = 4;
export const INTERRUPTED = 130;

/** The exit code of each error code (docs/errors.md). */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  USAGE,
  CONNECTION: FAILED,
  SERVER: FAILED,
  PERMISSION: FAILED,
  LOCK_TIMEOUT: FAILED,
  RELATION_REPLACED: FAILED,
  UNSUPPORTED_SERVER: FAILED,
  UNSUPPORTED_OBJECT: FAILED,
  TARGET_NOT_EMPTY: REFUSED,
  NOT_OWNER: REFUSED,
  DEPENDENT_OBJECTS: REFUSED,
  TARGET_BUSY: REFUSED,
  ROLES_MISSING: REFUSED,
  KEY_MISMATCH: REFUSED,
  FIXTURE_REFUSED: REFUSED,
  SIGNATURE: REFUSED,
  NOT_ENCRYPTED: REFUSED,
  BASE_MISSING: REFUSED,
  SWAP_REFUSED: REFUSED,
  ROW_CONFLICT: REFUSED,
  NOT_CONFIRMED: REFUSED,
  ARCHIVE_DAMAGED: DAMAGED,
  ARCHIVE_UNSUPPORTED: DAMAGED,
  MISMATCH: FAILED,
  OUTPUT: FAILED,
  STORE: FAILED,
  COPY_FAILED: FAILED,
  BUSY: FAILED,
  ABORTED: INTERRUPTED,
  INTERNAL: FAILED,
};

/** The exit code of a thrown error. */
export function exitCodeOf(error: unknown): number {
  return isNexushubDumpError(error) ? EXIT_CODES[error.code] : FAILED;
}
