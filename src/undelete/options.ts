/** The options and the result of `undelete`. Types only. */
import type { OnProgress } from "../events.ts";
import type { Warning } from "../warnings.ts";
import type { UndeleteConflict } from "./conflict.ts";

/** Options of `undelete`. */
export interface UndeleteOptions {
  /**
   * The rows to bring back: an SQL condition for each table, as in `where` of a dump. A name can be a pattern; of a
   * partitioned table it stands for all partitions. The condition is evaluated on the archive's rows.
   */
  readonly rows: Readonly<Record<string, string>>;
  /**
   * Bring back rows that refer to these and are gone, and those that refer to them, and so on: what a CASCADE deleted. Not
   * through keys with SET NULL or SET DEFAULT. True, or patterns of the tables to look in. Default: false.
   */
  readonly withDependents?: boolean | readonly string[] | undefined;
  /**
   * Set references back that ON DELETE SET NULL emptied: where the row is still there, and its reference is null. True, or
   * patterns of the tables to look in. Default: false; the result lists where such references can be.
   */
  readonly withReferences?: boolean | readonly string[] | undefined;
  /**
   * Tables whose rows never come along. A reference to one of them that is gone becomes null where its key says ON DELETE
   * SET NULL, and is a conflict elsewhere. Default: none.
   */
  readonly withoutTables?: readonly string[] | undefined;
  /** Leave selected rows that exist with other values as they are, instead of refusing. Default: false. */
  readonly keepChanged?: boolean | undefined;
  /** Let the tables' own triggers fire; rules never act. Default: false: rows come back as they were. */
  readonly enableTriggers?: boolean | undefined;
  /** Schemas in which a pattern without a schema looks. Default: `["public"]`. */
  readonly searchPath?: readonly string[] | undefined;
  /** Take on this role (SET ROLE) first. Default: the login. */
  readonly role?: string | undefined;
  /** Do everything, then roll back; conflicts are listed in the result instead of thrown. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** How long to wait for a lock that another session holds, in milliseconds. Default: 60 000. */
  readonly lockTimeoutMs?: number | undefined;
  /** Called with what will be done, before the first row is inserted. A throw from it stops everything. */
  readonly onPlan?: ((plan: UndeletePlan) => void | Promise<void>) | undefined;
  /** Stops the work: cancels the running statement and rolls back. */
  readonly signal?: AbortSignal | undefined;
  /** Receives events: phases, rows that are read from the archive, and warnings. */
  readonly onProgress?: OnProgress | undefined;
}

/** What happens to the rows of one table. */
export interface UndeletedTable {
  readonly namespace: string;
  readonly name: string;
  /** The columns that identify a row; empty where entire rows were compared and counted. */
  readonly key: readonly string[];
  /** Rows that the conditions selected. */
  readonly selected: number;
  /** Rows that come along because they refer to others that come back. */
  readonly dependents: number;
  /** Rows that come along because others refer to them. */
  readonly referenced: number;
  /** Of all these, the rows that are gone and are inserted. */
  readonly inserted: number;
  /** Rows that are there as the archive has them. */
  readonly unchanged: number;
  /** Rows that are there with other values. */
  readonly changed: number;
  /** References of inserted rows that became null, because what they refer to is gone and stays so. */
  readonly nulled: number;
  /** The keys of up to ten rows to insert; none where a key is neither a number nor a UUID. */
  readonly keys: readonly Readonly<Record<string, string>>[];
}

/** A foreign key with ON DELETE SET NULL to a table into which rows come back. */
export interface UndeletedReference {
  /** The referring table. */
  readonly namespace: string;
  readonly name: string;
  readonly constraint: string;
  readonly columns: readonly string[];
  /** References to set back; null where nobody looked. */
  readonly rows: number | null;
}

/** What `undelete` is about to do. */
export interface UndeletePlan {
  /** The database, without its password. */
  readonly target: string;
  /** Tables with rows that were selected or come along. */
  readonly tables: readonly UndeletedTable[];
  readonly references: readonly UndeletedReference[];
  /** What stands in the way; empty, or nothing is changed. */
  readonly conflicts: readonly UndeleteConflict[];
  readonly warnings: readonly Warning[];
}

/** The result of `undelete`. */
export interface UndeleteResult extends UndeletePlan {
  /** Rows inserted. */
  readonly rows: number;
  /** False after a dry run, and on a client whose transaction the caller ends. */
  readonly committed: boolean;
  readonly elapsedMs: number;
}
