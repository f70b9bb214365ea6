/** The options and the result of a restore. `defaults.ts` applies the defaults that are stated here. */
import type { Warning } from "../warnings.ts";
import type { KindOptions } from "../catalog/kind-options.ts";
import type { OwnershipCounts } from "../archive/format/ownership.ts";
import type { ManifestObject } from "../archive/format/manifest.ts";
import type { OnProgress } from "../events.ts";
import type { LostRows } from "./decide/lost-rows.ts";

/** A part of an archive: objects without indexes and constraints, rows, or the rest. */
export type RestoreSection = "pre-data" | "data" | "post-data";

/** Options of `restore`. */
export interface RestoreOptions extends KindOptions {
  /**
   * Drop what the archive replaces, in the same transaction, instead of refusing: for a whole archive what the role owns
   * and what it may drop in the archive's schemas, else the objects of the same names. Default: false.
   */
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
  /** Only what is in the schemas that match these patterns. Default: everything. */
  readonly schemas?: readonly string[] | undefined;
  /** Leave out the schemas that match these patterns, with all that is in them. Default: none. */
  readonly excludeSchemas?: readonly string[] | undefined;
  /** Leave out the relations that match these patterns, and what needs them. Default: none. */
  readonly excludeTables?: readonly string[] | undefined;
  /** Leave out the rows of the tables that match these patterns. Default: none. */
  readonly excludeTableData?: readonly string[] | undefined;
  /** The same as `tables`, `excludeTables` and `excludeTableData`, together with partitions and tables that inherit. */
  readonly tablesAndChildren?: readonly string[] | undefined;
  readonly excludeTablesAndChildren?: readonly string[] | undefined;
  readonly excludeTableDataAndChildren?: readonly string[] | undefined;
  /** Leave out the contents of unlogged tables and sequences. Default: false. */
  readonly noUnloggedTableData?: boolean | undefined;
  /**
   * Write the rows of foreign tables that the archive holds (`includeForeignData` of `dump`): they go to the servers behind them. Not with
   * `swap`. Default: false; a warning `foreign-rows` names them.
   */
  readonly foreignData?: boolean | undefined;
  /** Leave out the extensions that match these patterns; the target must have what is needed of them. Default: none. */
  readonly excludeExtensions?: readonly string[] | undefined;
  /** Leave out the compression methods of columns, for a server without lz4. Default: false. */
  readonly noToastCompression?: boolean | undefined;
  /** Leave out tablespaces: everything goes to the default one. Default: false. */
  readonly noTablespaces?: boolean | undefined;
  /** Only what this list names, in the lines of `restore --list`, and nothing that needs more. Default: everything. */
  readonly useList?: string | undefined;
  /** Schemas in which a pattern without a schema looks. Default: `["public"]`. */
  readonly searchPath?: readonly string[] | undefined;
  /** Give objects the recorded owners. Default: false; they belong to the login, or to `role`. */
  readonly owner?: boolean | undefined;
  /** Grant and revoke as recorded. Default: false. */
  readonly privileges?: boolean | undefined;
  /**
   * Make the roles that the archive defines (`roles` of `dump`) and the target lacks, in the same transaction. Those that exist are
   * never changed; a warning `role-differs` says how they differ. Not with `dataOnly` and `swap`. Default: false.
   */
  readonly roles?: boolean | undefined;
  /** Take on this role (SET ROLE) first. Default: the login. */
  readonly role?: string | undefined;
  /** Leaves out objects for which it returns true, and all that depend on them. Default: none. */
  readonly leaveOut?: ((object: ManifestObject) => boolean) | undefined;
  /** Do everything, then roll back. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Raise memory and workers for index builds, within what the server's settings suggest. Default: true. */
  readonly tune?: boolean | undefined;
  /**
   * Run ANALYZE on the restored tables: once the restore is committed, over up to two connections; in the caller's transaction, within
   * that. Default: true.
   */
  readonly analyze?: boolean | undefined;
  /**
   * Set the planner's statistics that the archive holds, where the server takes them (PostgreSQL 18 and later), in place of ANALYZE.
   * Those that are out of date are not used. Default: true.
   */
  readonly statistics?: boolean | undefined;
  /** With `dataOnly`: disable the tables' own triggers (foreign keys are always checked). Default: false. */
  readonly disableTriggers?: boolean | undefined;
  /**
   * Load the rows of partitions through the topmost partitioned table, where the target may route them to another
   * partition than the dumped server: with another collation or processor. Rows whose partition depends on oids, and
   * hash partitions in a database of another encoding, are loaded so anyway. Default: false.
   */
  readonly loadViaPartitionRoot?: boolean | undefined;
  /**
   * Restore into a new database beside the target over several connections, and exchange the two in the end; only with a
   * target that connections can be opened to. Default: into the target, in one transaction.
   */
  readonly swap?: SwapOptions | undefined;
  /** How long to wait for a lock that another session holds, in milliseconds. Default: 60 000. */
  readonly lockTimeoutMs?: number | undefined;
  /**
   * You know who wrote the archive: a restore as a superuser does not warn that nobody checked its signature. Default: false,
   * unless the archive comes from `requireSigned`.
   */
  readonly trusted?: boolean | undefined;
  /**
   * Of a damaged archive whose manifest is intact, restore the rows that can be read; the result names those that are lost.
   * Foreign keys to tables with lost rows are created NOT VALID, or left out. Reads the archive twice. Default: false.
   */
  readonly skipDamaged?: boolean | undefined;
  /** Stops the restore: cancels the running statement and rolls back. */
  readonly signal?: AbortSignal | undefined;
  /** Receives events while the restore works. */
  readonly onProgress?: OnProgress | undefined;
}

/** How a restore beside the target works. */
export interface SwapOptions {
  /** Connections. Default: 2. */
  readonly jobs?: number | undefined;
  /** How long to keep the old database after the exchange, in milliseconds; 0 drops it at once. Default: 7 days. */
  readonly keepOld?: number | undefined;
  /** How long the exchange may wait for the sessions of the old database to end, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
}

/** What became of the old database, and what the exchange did to its sessions. */
export interface SwapResult {
  /** The database that holds what the target held; null when it was dropped, and after a dry run. */
  readonly kept: string | null;
  /** Until when it is kept, ISO 8601 in UTC; null when it is not. */
  readonly keptUntil: string | null;
  /** Sessions that were ended. */
  readonly sessionsEnded: number;
  /** How long new sessions had to wait, in milliseconds. */
  readonly heldMs: number;
  /** Connections that were used. */
  readonly jobs: number;
  /** Databases that earlier restores had left or kept, and that were removed. */
  readonly removed: readonly string[];
}

/** One relation whose rows were restored. */
export interface RestoredRelation {
  readonly namespace: string;
  readonly name: string;
  readonly rows: number;
  /** COPY text. */
  readonly bytes: number;
}

/** The result of a restore. */
export interface RestoreResult {
  /** The database, without its password. */
  readonly target: string;
  readonly objects: number;
  readonly relations: readonly RestoredRelation[];
  readonly rows: number;
  readonly bytes: number;
  readonly sequences: number;
  /** Objects that were dropped, and tables that were emptied, before the restore. */
  readonly dropped: readonly string[];
  /** Names of the roles that were made. */
  readonly createdRoles: readonly string[];
  /** What `skipDamaged` passed over; empty when nothing was lost. */
  readonly lost: readonly LostRows[];
  /** What `owner` and `privileges` would have set, too. */
  readonly leftOut: OwnershipCounts;
  readonly warnings: readonly Warning[];
  /** False after a dry run, and on a client whose transaction the caller ends. */
  readonly committed: boolean;
  /** Only of a restore with `swap`. */
  readonly swap?: SwapResult;
  readonly elapsedMs: number;
}
