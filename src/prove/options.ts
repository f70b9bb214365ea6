/** Options and result of a proof. Types only. */
import type { OnProgress } from "../events.ts";
import type { Warning } from "../warnings.ts";

/** Options of `prove`. */
export interface ProveOptions {
  /** A server's connection string: a scratch database is created and dropped there. Default: an embedded server. */
  readonly into?: string | URL | undefined;
  /**
   * Whether the archive is restored as a superuser. Where false, and the login is one, a role without superuser that owns the
   * database takes its place. Default: true.
   */
  readonly superuser?: boolean | undefined;
  /** Stops the proof; the throwaway database is removed. */
  readonly signal?: AbortSignal | undefined;
  /** Receives events while the restore works. */
  readonly onProgress?: OnProgress | undefined;
}

/** The result of a proof that succeeded. */
export interface ProveResult {
  /** Where the schema was restored: `embedded PostgreSQL 18.4`. */
  readonly target: string;
  /** The role without superuser that restored it; null for the login. */
  readonly role: string | null;
  /** Number of objects that were restored. */
  readonly objects: number;
  /** Warnings of the restore. */
  readonly warnings: readonly Warning[];
  readonly elapsedMs: number;
}
