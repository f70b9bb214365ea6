/** Options of a drill. Types only. */
import type { OnProgress } from "../events.ts";
import type { Probe } from "./probe.ts";
import type { ProbeResult } from "./report.ts";

/** Options of `drill`. */
export interface DrillOptions {
  /** A server on which a scratch database is created and dropped. Default: an embedded PostgreSQL. */
  readonly into?: string | URL | undefined;
  /** Restore as a role without superuser that owns the scratch database, as an operator may have to. Default: false. */
  readonly asPlainRole?: boolean | undefined;
  /** Probes beside those of archive, restore, rows, constraints and sequences. Default: none. */
  readonly probes?: readonly Probe[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Receives the events of verifying and restoring. */
  readonly onProgress?: OnProgress | undefined;
  /** Called with each probe's result when it is known. */
  readonly onProbe?: ((result: ProbeResult) => void) | undefined;
}
