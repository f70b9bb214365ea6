/** The events of a long call: plain objects, in the order in which things happen. */

import type { Warning } from "./warnings.ts";

/** The stages of an operation, in the order in which they happen. */
export type Phase =
  | "connect"
  | "catalog"
  | "lock"
  | "create-database"
  | "roles"
  | "drop"
  | "pre-data"
  | "data"
  | "post-data"
  | "analyze"
  | "check"
  | "commit"
  | "finish";

/** A stage begins. */
export interface PhaseEvent {
  readonly type: "phase";
  readonly phase: Phase;
}

/** Data moved since the operation began. Comes at most every 100 ms, and once at the end of the data phase. */
export interface DataEvent {
  readonly type: "data";
  /** Bytes of COPY text (uncompressed) so far. */
  readonly bytes: number;
  /**
   * What `bytes` will be: exact in a restore of an archive; else an estimate that gets better as more is done, 0 while there is none.
   */
  readonly totalBytes: number;
  readonly rows: number;
  /** The relation being moved, `schema.name`, for display; of several, any one. */
  readonly relation: string;
}

/** A relation's data is complete. */
export interface RelationEvent {
  readonly type: "relation";
  readonly relation: string;
  readonly rows: number;
  readonly bytes: number;
  /** Of `bytes`, what a dump copied from an earlier archive; absent when nothing was. */
  readonly reusedBytes?: number;
}

/** Before each schema statement of a restore. */
export interface StatementEvent {
  readonly type: "statement";
  readonly kind: string;
  readonly name: string;
  /** Counted from 1. */
  readonly index: number;
  readonly total: number;
}

/** Something that people should know and that does not stop the operation. The result lists it too. */
export interface WarningEvent extends Warning {
  readonly type: "warning";
}

/** Before a restore beside its target exchanges the databases: it ends all sessions in the old one. */
export interface SwapEvent {
  readonly type: "swap";
  readonly database: string;
  /** How many sessions there are now. */
  readonly sessions: number;
}

/** Before a restore beside its target creates the new database. */
export interface DiskEvent {
  readonly type: "disk";
  /** What the rows usually take. Indexes come on top. */
  readonly likelyBytes: number;
  /** What the server's disk has free; null where it is not known. */
  readonly freeBytes: number | null;
}

/** Bytes of an archive were copied. Comes at most every 100 ms, and once when all of them are. */
export interface TransferEvent {
  readonly type: "transfer";
  /** Name of the archive. */
  readonly archive: string;
  /** Bytes of the file so far. */
  readonly bytes: number;
  readonly totalBytes: number;
}

/** Anything that a long call reports. */
export type ProgressEvent =
  | PhaseEvent
  | DataEvent
  | RelationEvent
  | StatementEvent
  | DiskEvent
  | SwapEvent
  | TransferEvent
  | WarningEvent;

/** Receives the events of a call. A throw from it stops the call. */
export type OnProgress = (event: ProgressEvent) => void;
