/** The report of a drill as plain data: renderers read nothing else. Contains no secrets. */
import type { ArchiveContents } from "../archive/contents.ts";
import type { PlainContents } from "../plain/contents.ts";

/** How a probe ended. */
export type ProbeStatus = "passed" | "failed" | "not-run";

/** The verdict of a probe. */
export interface Verdict {
  readonly status: ProbeStatus;
  /** One sentence for an operator. */
  readonly message: string;
  /** One line for each problem. */
  readonly details?: readonly string[] | undefined;
  /** What to do next, when it failed or did not run. */
  readonly hint?: string | undefined;
}

export interface ProbeResult extends Verdict {
  /** Stable; scripts may rely on it. */
  readonly id: string;
  /** For people. */
  readonly title: string;
  readonly elapsedMs: number;
}

/** The result of a drill. */
export interface DrillReport {
  /** No probe failed. Probes that did not run do not count. */
  readonly ok: boolean;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** The archive or plain dump as it was named; null for a stream. */
  readonly archive: string | null;
  /** Of the file, decrypted; null when it cannot be read. */
  readonly archiveBytes: number | null;
  /** The digest of the archive, by which its folder records the drill; null for a plain dump, and when it cannot be read. */
  readonly archiveSha256: string | null;
  /** The machine that made the backup, where that is known. */
  readonly host: string | null;
  /** What it holds; `format` is `plain` for a plain dump. Null when it cannot be read. */
  readonly contents: ArchiveContents | PlainContents | null;
  /** Where it was restored: `embedded PostgreSQL 16.14`. */
  readonly target: string | null;
  /** Whether a role without superuser restored it. */
  readonly plainRole: boolean;
  /** How long the restore took: the recovery time, without reading and verifying the archive. Null when it failed. */
  readonly restoreMs: number | null;
  /** ISO 8601: up to when the contents reach, as a probe found; null when none did. */
  readonly recoveryPoint: string | null;
  readonly probes: readonly ProbeResult[];
}

export const passed = (message: string, details?: readonly string[]): Verdict => ({
  status: "passed",
  message,
  details,
});
export const failed = (message: string, more: Pick<Verdict, "details" | "hint"> = {}): Verdict => ({
  status: "failed",
  message,
  ...more,
});
export const notRun = (message: string, hint?: string): Verdict => ({
  status: "not-run",
  message,
  hint,
});
