/** A probe examines a restored database and never changes it. Types only. */
import type { Manifest, StoredManifest } from "../archive/format/manifest.ts";
import type { ErrorContext } from "../pg/server-error.ts";
import type { Verdict } from "./report.ts";

/** A session of the restored database, in a read-only transaction with an empty search path. */
export interface ProbeConnection {
  /** Runs one statement and returns its rows; values are text where JavaScript would lose precision. */
  query<Row>(sql: string, context?: ErrorContext): Promise<Row[]>;
}

/** What a probe is given. */
export interface ProbeContext {
  readonly connection: ProbeConnection;
  /** The server's major version. */
  readonly major: number;
  /** Of a plain dump: the one that an archive of the same contents would have, without statements and parts. */
  readonly manifest: Manifest;
  /** The manifest as the archive stores it, which is what its MAC covers. */
  readonly storedManifest: StoredManifest;
  readonly signal: AbortSignal | undefined;
  /** When the drill began. Ages are as of then, so that a report has one for each thing. */
  readonly startedAt: Date;
  /** Reports the time of the newest contents. */
  readonly setRecoveryPoint: (at: Date) => void;
}

/** A check that a drill runs on the restored database. */
export interface Probe {
  /** Stable, in kebab case. */
  readonly id: string;
  readonly title: string;
  /** An error that it throws counts as a failure. */
  readonly run: (context: ProbeContext) => Promise<Verdict>;
}
