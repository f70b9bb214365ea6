/** Options and result of a copy. */
import type { AgeIdentities } from "../../archive/encryption/age.ts";
import type { ErrorCode } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import type { Warning } from "../../warnings.ts";

/** Options of `copyArchive`. */
export interface CopyOptions {
  /** Open encrypted archives, to verify their contents. Without them, the bytes of the copy are compared with the source's. */
  readonly identities?: AgeIdentities | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Called before each archive is copied. */
  readonly onArchive?: ((name: string) => void) | undefined;
  /** Default: the clock. */
  readonly now?: (() => Date) | undefined;
}

/** Options of `copyBackups`. */
export interface CopyBackupsOptions extends CopyOptions {
  /** Copy of the newest n those that are missing, and the full backups that they need. Default: all. */
  readonly newest?: number | undefined;
}

/** What a copy came to for one archive. */
export interface CopiedArchive {
  readonly name: string;
  /** The copy: a path, or the address in an object store. */
  readonly path: string;
  readonly archiveBytes: number;
  /**
   * "copied"; "listed": a killed run had copied it, and now it is verified and in the folder's list of backups;
   * "failed": there is no copy, or what has its name is not one.
   */
  readonly state: "copied" | "listed" | "failed";
  /** "contents": the archive was verified, and its bytes compared; "bytes": it is encrypted, and its bytes were compared. */
  readonly verified: "contents" | "bytes" | null;
  /** The code of the error with which it failed; else null. */
  readonly code: ErrorCode | null;
  /** Why it failed; else null. */
  readonly message: string | null;
  readonly elapsedMs: number;
}

/** The result of `copyArchive` and of `copyBackups`. */
export interface CopyResult {
  readonly from: string;
  readonly to: string;
  /** Those that there was something to do for, in the order in which it was done. */
  readonly archives: readonly CopiedArchive[];
  /** How many were copied, or verified and listed. */
  readonly copied: number;
  /** How many had a copy already. */
  readonly present: number;
  readonly failed: number;
  /** Size of those that were copied. */
  readonly archiveBytes: number;
  readonly warnings: readonly Warning[];
  readonly elapsedMs: number;
}
