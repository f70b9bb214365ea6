/**
 * ANALYZE after a restore was committed. Its locks are gone by then, and two connections take two thirds of the time of one
 * (measured, two processors). The restore is done: whatever fails here is a warning.
 */
import { ServerError } from "../../errors.ts";
import type { OnProgress } from "../../events.ts";
import type { Connector } from "../../pg/connect.ts";
import type { Connection } from "../../pg/connection.ts";
import { setLocal, setLocalRole } from "../../pg/session.ts";
import { type Warning, warning } from "../../warnings.ts";
import type { Setting } from "../decide/session-settings.ts";
import type { AnalyzeTarget } from "../target/analyze-targets.ts";
import { notAnalyzed } from "./analyze.ts";

/** What a restore leaves to be analyzed once it is committed. */
export interface PendingAnalysis {
  /** The largest first. */
  readonly targets: readonly AnalyzeTarget[];
  /** Those of the restore's transaction. */
  readonly settings: readonly Setting[];
  /** The role that it took on. */
  readonly role: string | undefined;
}

export interface AnalyzeCommittedOptions {
  /** Opens the second connection; undefined where there can be none. */
  readonly connector: Connector | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress | undefined;
  readonly warn: (warning: Warning) => void;
}

/** For less than this, behind the largest table, a second connection is not worth its opening. */
const MIN_SECOND_BYTES = 4 * 1024 * 1024;

/** Classes of SQLSTATE after which the next table would fare no better: out of resources, ended by the administrator. */
const NOT_OF_TABLE = /^(53|57|58|XX)/;

/** Never throws. */
export async function analyzeCommitted(
  connection: Connection,
  { targets, settings, role }: PendingAnalysis,
  { connector, signal, onProgress, warn }: AnalyzeCommittedOptions,
): Promise<void> {
  if (targets.length === 0) return;
  onProgress?.({ type: "phase", phase: "analyze" });
  const begin = [
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    // Statistics that a crash takes are no loss, and each table would wait for the disk.
    setLocal([...settings, ["synchronous_commit", "off"]]),
    ...(role === undefined ? [] : [setLocalRole(role)]),
  ].join("; ");
  const queue = targets.values();
  let stopped: Error | undefined;

  async function work(session: Connection): Promise<void> {
    for (const { name } of queue) {
      const object = `table ${name}`;
      try {
        const context = { action: `analyze ${name}`, object };
        await session.query(`${begin}; ANALYZE ${name}; COMMIT`, context);
      } catch (error) {
        if (!(error instanceof ServerError) || NOT_OF_TABLE.test(error.sqlState ?? "XX"))
          throw error;
        await session.query("ROLLBACK");
        warn(notAnalyzed(object, error.sqlState));
      }
    }
  }
  const workOn = (session: Connection): Promise<void> =>
    work(session).catch((error: Error) => {
      stopped = error;
    });
  let isOpening = false;
  const giveUp = new AbortController();
  async function workBeside(by: Connector): Promise<void> {
    isOpening = true;
    const stop = signal === undefined ? giveUp.signal : AbortSignal.any([signal, giveUp.signal]);
    // The first connection goes on without it.
    const session = await by.connect(stop).catch(() => undefined);
    isOpening = false;
    if (session === undefined) return;
    session.onWarning((message) => warn(warning("server-warning", null, message)));
    await workOn(session);
    await session.close();
  }
  const [, ...others] = targets;
  const isWorthTwo = others.reduce((sum, { bytes }) => sum + bytes, 0) >= MIN_SECOND_BYTES;
  const beside = isWorthTwo && connector !== undefined ? workBeside(connector) : undefined;
  await workOn(connection);
  // A pooler may keep it waiting until the first is closed.
  if (isOpening) giveUp.abort();
  await beside;
  if (stopped !== undefined) {
    const message = `the restore is committed, but not all its tables were analyzed (${stopped.message}): run ANALYZE`;
    warn(warning("not-analyzed", null, message));
  }
}
