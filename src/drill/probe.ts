/** What a probe is given and what it must be. A probe looks at a restored database and never changes it. */
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
  /** Tells up to when the contents reach. */
  readonly setRecoveryPoint: (at: Date) => void;
}

export interface Probe {
  /** Stable, in kebab case. */
  readonly id: string;
  readonly title: string;
  /** A throw counts as failed, with the error's message. */
  readonly run: (context: ProbeContext) => Promise<Verdict>;
}
