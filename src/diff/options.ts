/** What a diff can be told, and what it gives back: plain objects, equal to what `--json` prints. Types only. */
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import type { OnProgress } from "../events.ts";
import type { ConnectionSource } from "../pg/connect.ts";

/**
 * One side: an archive (a path, a stream, a store), or a database: a connection string (`postgresql://…`,
 * `host=… dbname=…`), or any connection as `{ database }`.
 */
export type DiffSide = ArchiveOrigin | { readonly database: ConnectionSource };

export interface DiffOptions {
  /** Compare objects alone. Default: false. */
  readonly schemaOnly?: boolean | undefined;
  /** Compare rows and sequence positions alone. Default: false. */
  readonly dataOnly?: boolean | undefined;
  /** Rows shown of each table and kind of change. Default: 5. */
  readonly samples?: number | undefined;
  /** Show values. Default: false, a value is shown by its length, and only keys that are numbers or UUIDs are readable. */
  readonly showValues?: boolean | undefined;
  /** Stops the comparison. */
  readonly signal?: AbortSignal | undefined;
  /** Receives events while a database is read and rows are compared. */
  readonly onProgress?: OnProgress | undefined;
}

/** An object that one side alone has. */
export interface LoneObject {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly sql: string;
}

/** An object that both sides have, made by different statements. */
export interface ChangedObject {
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export interface RowSample {
  readonly change: "added" | "removed" | "changed";
  /** The primary key; null where the table has none, or it could not be used. */
  readonly key: Readonly<Record<string, string | null>> | null;
  /** Of a changed row the columns that differ, of others without a key all. SQL NULL is null. */
  readonly columns: Readonly<
    Record<string, { readonly before?: string | null; readonly after?: string | null }>
  >;
}

export interface RelationDifference {
  readonly namespace: string;
  readonly name: string;
  /** Columns that paired the rows; empty when whole rows were compared, and then no row counts as changed. */
  readonly key: readonly string[];
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** How many rows changed in each column. */
  readonly changedColumns: Readonly<Record<string, number>>;
  readonly samples: readonly RowSample[];
}

export interface SequenceDifference {
  readonly namespace: string;
  readonly name: string;
  /** As `last_value, is_called`; null where that side has no such sequence. */
  readonly before: string | null;
  readonly after: string | null;
}

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
  /** What could not be compared, and why. */
  readonly notes: readonly string[];
  /** Tables whose rows were compared. */
  readonly comparedRelations: number;
  readonly elapsedMs: number;
}
