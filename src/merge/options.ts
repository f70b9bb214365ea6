/** Options and result of a merge. */
import type { SignKey } from "../archive/signing/ed25519-key.ts";
import type { SealManifest } from "../archive/writer.ts";
import type { OnProgress } from "../events.ts";
import type { Warning } from "../warnings.ts";

/** Options of `merge`. */
export interface MergeOptions {
  /** Sets the manifest's `key` again, whose MAC covers where the rows are. Default: no key, with a warning if there was one. */
  readonly seal?: SealManifest | undefined;
  /** Signs the new archive; from `readSignKey`. Default: no signature. */
  readonly signKey?: SignKey | undefined;
  /** Stops the work: no archive appears. */
  readonly signal?: AbortSignal | undefined;
  /** Receives progress events. */
  readonly onProgress?: OnProgress | undefined;
}

/** The result of a merge. */
export interface MergeResult {
  /** The new archive's path; null when it was written to a stream or a store. */
  readonly path: string | null;
  /** Size of the new archive in bytes. */
  readonly archiveBytes: number;
  readonly rows: number;
  /** Bytes of COPY text of all relations. */
  readonly bytes: number;
  /** Of `rows`, those that came from the base. */
  readonly baseRows: number;
  readonly warnings: readonly Warning[];
  readonly elapsedMs: number;
}
