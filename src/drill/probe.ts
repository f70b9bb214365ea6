/** A probe examines a restored database and never changes it. Types only. */
import type { Manifest, StoredManifest } from "../archive/format/manifest.ts";
import type { Connection } from "../pg/connection.ts";
import type { Verdict } from "./report.ts";

export interface ProbeContext {
  /** A session of the restored database, its settings pinned, its search path empty. */
  readonly connection: Connection;
  readonly manifest: Manifest;
  /** The manifest as the archive stores it, which is what its MAC covers. */
  readonly storedManifest: StoredManifest;
  readonly signal: AbortSignal | undefined;
  /** Reports the time of the newest contents. */
  readonly setRecoveryPoint: (at: Date) => void;
}

export interface Probe {
  /** Stable, in kebab case. */
  readonly id: string;
  readonly title: string;
  /** An error that it throws counts as a failure. */
  readonly run: (context: ProbeContext) => Promise<Verdict>;
}
