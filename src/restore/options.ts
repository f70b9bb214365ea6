/** What a restore can be told, and what it gives back. Each default is stated here and applied in `restore.ts`. */
import type { Warning } from "../warnings.ts";
import type { ManifestObject } from "../archive/format/manifest.ts";
import type { OnProgress } from "../events.ts";

/** A part of an archive, by what it needs to be there before. */
export type RestoreSection = "pre-data" | "data" | "post-data";

export interface RestoreOptions {
  /** Drop what the target holds, inside the same transaction, instead of refusing. Default: false. */
  readonly force?: boolean | undefined;
  /** Objects without rows and sequence positions. Default: false. */
  readonly schemaOnly?: boolean | undefined;
  /** Rows and sequence positions into tables that exist already. With `force` they are emptied first. Default: false. */
  readonly dataOnly?: boolean | undefined;
  /**
   * Only these sections: `pre-data`, `data`, `post-data`. Without `pre-data` they go into relations that exist already.
   * Excludes `schemaOnly` and `dataOnly`. Default: all that the archive holds.
   */
  readonly sections?: readonly RestoreSection[] | undefined;
  /** Only the relations that match these patterns, with what they need. Default: everything. */
  readonly tables?: readonly string[] | undefined;
  /** Schemas in which a pattern without a schema looks. Default: `["public"]`. */
  readonly searchPath?: readonly string[] | undefined;
  /** Give objects the recorded owners. Default: false, they belong to the login or `role`. */
  readonly owner?: boolean | undefined;
  /** Grant and revoke as recorded. Default: false. */
  readonly privileges?: boolean | undefined;
  /** Become this role first. Default: the login. */
  readonly role?: string | undefined;
  /** Leave out objects, with all that rests on them: a constraint that the rows do not satisfy, say. Default: none. */
  readonly leaveOut?: ((object: ManifestObject) => boolean) | undefined;
  /** Do everything, then roll back. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Raise memory and workers for building indexes, within what the server's settings suggest. Default: true. */
  readonly tune?: boolean | undefined;
  /** Gather the planner's statistics before COMMIT. Default: true. */
  readonly analyze?: boolean | undefined;
  /** With `dataOnly`: keep the tables' own triggers from firing (foreign keys are always checked). Default: false. */
  readonly disableTriggers?: boolean | undefined;
  /** How long to wait for a lock that somebody else holds, in milliseconds. Default: 60 000. */
  readonly lockTimeoutMs?: number | undefined;
  /** Stops the restore: the server is told to cancel and rolls back. */
  readonly signal?: AbortSignal | undefined;
  /** Receives events while the restore works. */
  readonly onProgress?: OnProgress | undefined;
}

export interface RestoredRelation {
  readonly namespace: string;
  readonly name: string;
  readonly rows: number;
  /** COPY text. */
  readonly bytes: number;
}

export interface RestoreResult {
  /** The database, without its password. */
  readonly target: string;
  readonly objects: number;
  readonly relations: readonly RestoredRelation[];
  readonly rows: number;
  readonly bytes: number;
  readonly sequences: number;
  /** Objects that were dropped first. */
  readonly dropped: readonly string[];
  readonly warnings: readonly Warning[];
  /** False after a dry run, and when the caller owns the transaction. */
  readonly committed: boolean;
  readonly elapsedMs: number;
}
