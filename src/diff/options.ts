/** Options and result of a diff. The result is a plain object, equal to what `--json` prints. Types only. */
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import type { OnProgress } from "../events.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import type { Warning } from "../warnings.ts";

/**
 * One side: an archive (a path, a stream, a store), or a database: a connection string (`postgresql://…`,
 * `host=… dbname=…`), or any connection as `{ database }`.
 */
export type DiffSide = ArchiveOrigin | { readonly database: ConnectionSource };

/** Options of `diff`. */
export interface DiffOptions {
  /** Compare only objects. Default: false. */
  readonly schemaOnly?: boolean | undefined;
  /** Compare only rows and sequence positions. Default: false. */
  readonly dataOnly?: boolean | undefined;
  /** Number of rows to show of each table and kind of change. Default: 5. */
  readonly samples?: number | undefined;
  /** Show values. Default: false: only the length of a value is shown, and keys only when they are numbers or UUIDs. */
  readonly showValues?: boolean | undefined;
  /** Stops the comparison. */
  readonly signal?: AbortSignal | undefined;
  /** Receives events while a database is read and rows are compared. */
  readonly onProgress?: OnProgress | undefined;
}

/** An object that only one side has. */
export interface LoneObject {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly sql: string;
}

/** An object that both sides have, created by different statements. */
export interface ChangedObject {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** One row that differs, as people can read it. */
export interface RowSample {
  readonly change: "added" | "removed" | "changed";
  /** The primary key; null where the table has none, or it could not be used. */
  readonly key: Readonly<Record<string, string | null>> | null;
  /** The columns that differ; all columns of a row without a key that is on one side only. SQL NULL is null. */
  readonly columns: Readonly<
    Record<string, { readonly before?: string | null; readonly after?: string | null }>
  >;
}

/** How the rows of one table differ. */
export interface RelationDifference {
  readonly namespace: string;
  readonly name: string;
  /** Columns that paired the rows; empty when entire rows were compared, and then no row counts as changed. */
  readonly key: readonly string[];
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Number of rows that changed in each column. */
  readonly changedColumns: Readonly<Record<string, number>>;
  readonly samples: readonly RowSample[];
}

/** A sequence whose positions differ. */
export interface SequenceDifference {
  readonly namespace: string;
  readonly name: string;
  /** As `last_value, is_called`; null where that side has no such sequence. */
  readonly before: string | null;
  readonly after: string | null;
}

/** The differences between two sides. */
export interface DiffResult {
  /** Whether nothing differs. */
  readonly equal: boolean;
  readonly objects: {
    readonly added: readonly LoneObject[];
    readonly removed: readonly LoneObject[];
    readonly changed: readonly ChangedObject[];
  };
  /** Tables whose rows differ. */
  readonly relations: readonly RelationDifference[];
  readonly sequences: readonly SequenceDifference[];
  /** What was not compared, or only in a limited way, and why. */
  readonly warnings: readonly Warning[];
  /** Tables whose rows were compared. */
  readonly comparedRelations: number;
  readonly elapsedMs: number;
}
