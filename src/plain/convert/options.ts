/** Options and result of a conversion. */
import type { OnProgress } from "../../events.ts";
import type { Warning } from "../../warnings.ts";

/** Options of `convert`. */
export interface ConvertOptions {
  /** Objects without rows and sequence positions. Default: false. */
  readonly schemaOnly?: boolean | undefined;
  /** Only the relations that match these patterns, with what they need. Default: everything. */
  readonly tables?: readonly string[] | undefined;
  /** Write the recorded owners; their roles must exist where the dump is restored. Default: false. */
  readonly owner?: boolean | undefined;
  /** Write the recorded privileges; likewise. Default: false. */
  readonly privileges?: boolean | undefined;
  /** Make the recorded roles where they are missing, before everything else; existing ones stay as they are. Default: false. */
  readonly roles?: boolean | undefined;
  /**
   * Begin the dump with `\restrict`, so that psql runs no command of its own in it, whatever the archive holds. False only for an
   * archive that you trust and a psql older than August 2025, to which that command is invalid. Default: true.
   */
  readonly restrict?: boolean | undefined;
  /** `gzip:LEVEL`, `zstd:LEVEL` or `none`. Default: by the end of the path, `.gz` or `.zst`; else none. */
  readonly compression?: string | undefined;
  /** Stops the work: no file appears. */
  readonly signal?: AbortSignal | undefined;
  /** Receives progress events. */
  readonly onProgress?: OnProgress | undefined;
}

/** The result of a conversion. */
export interface ConvertResult {
  /** The path of the plain dump; null when it was written to a stream or a store. */
  readonly path: string | null;
  /** Size of the plain dump, as it is stored. */
  readonly fileBytes: number;
  readonly objects: number;
  /** Tables with rows in the dump, and the large objects. */
  readonly relations: number;
  readonly rows: number;
  /** Bytes of COPY text. */
  readonly bytes: number;
  readonly sequences: number;
  /** Roles that it makes where they are missing. */
  readonly roles: readonly string[];
  readonly warnings: readonly Warning[];
  readonly elapsedMs: number;
}
