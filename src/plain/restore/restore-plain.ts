/** Restores a plain dump: reads it once to know what it holds, decides as for an archive, and runs it in one transaction. */
import { type ArchiveOrigin, openSource } from "../../archive/storage/source.ts";
import type { ArchiveSource } from "../../archive/storage/store.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import { failureOf } from "../../errors.ts";
import { connect, type ConnectionSource } from "../../pg/connect.ts";
import type { Connection } from "../../pg/connection.ts";
import { checkServer } from "../../pg/server.ts";
import { setLocal } from "../../pg/session.ts";
import type { RestorePlan } from "../../restore/decide/plan.ts";
import { ginMemory } from "../../restore/decide/session-settings.ts";
import { restoreSettings, type RestoreSettings } from "../../restore/defaults.ts";
import type { RestoreResult } from "../../restore/options.ts";
import { planForTarget } from "../../restore/plan-for-target.ts";
import { analyze } from "../../restore/run/analyze.ts";
import type { KeptTransaction } from "../../restore/run/kept-transaction.ts";
import { runAll } from "../../restore/run/run-plan.ts";
import { inOwnTransaction } from "../../restore/run/transaction-scope.ts";
import { setRole } from "../../restore/set-role.ts";
import type { TargetFacts } from "../../restore/target/facts.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import { dataProgress } from "../../util/progress.ts";
import { type Warning, warning } from "../../warnings.ts";
import { DumpReader } from "../read/dump-reader.ts";
import { dumpText } from "../read/dump-text.ts";
import { type DumpScan, scanDump } from "../read/scan.ts";
import { DumpWalk, requireComplete } from "../read/walk.ts";
import { refusedDump, requireRestorable, requireUnsigned } from "../refused-dump.ts";
import { asArchive, type DumpAsArchive, isDataOnly } from "./as-archive.ts";
import type { BeforeCommit, PlainRestoreOptions } from "./options.ts";
import { runDump } from "./run-dump.ts";

/**
 * Restores a plain dump of `pg_dump`, or of `convert`, in one transaction. It is read twice: before anything is changed, to see that
 * it is complete and what it holds, and then to run it. No command of psql in it is ever run.
 * @param dump a path, a stream, or a store; compressed or not, by what it holds.
 * @param target the database: a connection string, which libpq's environment completes, or a configuration of `pg`.
 * @throws ArchiveError when it is cut short, damaged or holds what cannot be restored; RefusedError when the target holds what the
 * restore would collide with; ServerError with the line; MismatchError when the server stores another number of rows; AbortedError.
 */
export async function restorePlain(
  dump: ArchiveOrigin,
  target: ConnectionSource,
  options: PlainRestoreOptions = {},
): Promise<RestoreResult> {
  return restorePlainChecked(dump, target, options, undefined);
}

/** The same, with a look at what was restored. */
export async function restorePlainChecked(
  dump: ArchiveOrigin,
  target: ConnectionSource,
  options: PlainRestoreOptions,
  beforeCommit: BeforeCommit | undefined,
): Promise<RestoreResult> {
  requirePath(dump, "archive");
  requireUnsigned(dump);
  const started = performance.now();
  const settings = restoreSettings(options);
  const { signal, onProgress, dryRun } = settings;
  const source = await openSource(dump, signal);
  let connection: Connection | undefined;
  try {
    onProgress?.({ type: "phase", phase: "check" });
    const scan = await scanDump(source, { signal, onProgress });
    requireRestorable(scan.contents);
    onProgress?.({ type: "phase", phase: "connect" });
    const opened = await connect(target, { signal });
    connection = opened.connection;
    const version = await checkServer(connection, opened.connector, { purpose: "restore into" });
    const outcome = await inOwnTransaction(connection, { dryRun, onProgress }, (transaction) =>
      new PlainRestore({ source, scan, transaction, version, settings, beforeCommit }).run(),
    );
    return {
      target: connection.label,
      ...outcome,
      committed: !dryRun,
      elapsedMs: Math.round(performance.now() - started),
    };
  } catch (error) {
    throw failureOf(error, signal, "while restoring");
  } finally {
    await connection?.close();
    await source.close();
  }
}

/** A plain dump has no signature that anybody could check. */
function ofDump(each: Warning): Warning {
  if (each.code !== "unsigned-archive") return each;
  const message =
    "the dump is restored as a superuser, and a plain dump is never signed: whoever wrote it can do anything on this server";
  return warning(each.code, each.object, message);
}

interface Context {
  readonly source: ArchiveSource;
  readonly scan: DumpScan;
  readonly transaction: KeptTransaction;
  readonly version: ServerVersion;
  readonly settings: RestoreSettings;
  readonly beforeCommit: BeforeCommit | undefined;
}

/** A restore inside its transaction. */
class PlainRestore {
  readonly #context: Context;
  readonly #archive: DumpAsArchive;
  readonly #warnings: Warning[] = [];
  readonly #running: { line: number | null } = { line: null };

  constructor(context: Context) {
    this.#context = context;
    this.#archive = asArchive(context.scan, context.settings);
  }

  async run(): Promise<Omit<RestoreResult, "target" | "committed" | "elapsedMs">> {
    const { scan, transaction, version, settings, beforeCommit } = this.#context;
    const { connection } = transaction;
    connection.onWarning((message, isRaised) => this.#serverWarning(message, isRaised));
    const { manifest, selection } = this.#archive;
    const warn = (each: Warning): void => this.#warn(ofDump(each));
    const decide = { manifest, version, selection, settings, warn };
    const { plan, target } = await planForTarget(connection, decide);
    await this.#prepare(plan);
    await this.#runStatements(plan, target);
    await this.#finish(plan);
    for (const each of (await beforeCommit?.(connection)) ?? []) this.#warn(each);
    await transaction.requireSame();
    const { contents } = scan;
    return {
      objects: contents.objects.reduce((sum, { count }) => sum + count, 0),
      relations: contents.relations,
      rows: contents.rows,
      bytes: contents.bytes,
      sequences: contents.sequences,
      lost: [],
      dropped: plan.dropped,
      createdRoles: [],
      leftOut: selection.leftOut,
      warnings: this.#warnings,
    };
  }

  #warn(each: Warning): void {
    this.#warnings.push(each);
    this.#context.settings.onProgress?.({ type: "warning", ...each });
  }

  #serverWarning(message: string, isRaised: boolean): void {
    const { line } = this.#running;
    const object = line === null ? null : `line ${line}`;
    // What a function of the dump says may hold rows.
    this.#warn(
      warning("server-warning", object, isRaised ? "a function raised a warning" : message),
    );
  }

  async #prepare(plan: RestorePlan): Promise<void> {
    const { transaction, settings } = this.#context;
    const { connection } = transaction;
    await transaction.remember();
    if (plan.settings.length > 0) await connection.query(setLocal(plan.settings));
    if (plan.role !== undefined) await setRole(connection, plan.role);
    if (plan.drops.length > 0) settings.onProgress?.({ type: "phase", phase: "drop" });
    await runAll(connection, [...plan.drops, ...plan.beforeRows], "drop what the target holds");
  }

  async #runStatements(plan: RestorePlan, { session }: TargetFacts): Promise<void> {
    const { source, scan, transaction, version, settings } = this.#context;
    const { signal, onProgress, owner, privileges, tune } = settings;
    const reader = new DumpReader(dumpText(source, signal));
    const walk = new DumpWalk(reader, (refusal) => {
      throw refusedDump([refusal]);
    });
    const progress = dataProgress(onProgress, scan.contents.bytes);
    try {
      const hasAuthorized = await runDump({
        transaction,
        reader,
        walk,
        owner,
        privileges,
        progress,
        onProgress,
        mayFreeze: session.isReadCommitted && !isDataOnly(scan),
        encoding: session.encoding,
        ginMemory: tune ? ginMemory(version) : undefined,
        memory: plan.memory ?? (tune ? `${session.maintenanceWorkMemKb}kB` : undefined),
        hint: plan.hint,
        running: this.#running,
      });
      requireComplete(walk);
      if (hasAuthorized) await this.#backToRole(plan.role);
    } finally {
      await reader.close();
    }
    progress.finish();
  }

  async #backToRole(role: string | undefined): Promise<void> {
    const { connection } = this.#context.transaction;
    await connection.query("RESET SESSION AUTHORIZATION");
    if (role !== undefined) await setRole(connection, role);
  }

  async #finish(plan: RestorePlan): Promise<void> {
    const { transaction, settings } = this.#context;
    const { connection } = transaction;
    const action = "check the rows against the constraints of the target";
    await runAll(connection, plan.afterRows, action);
    const { onProgress } = settings;
    await analyze(connection, plan.analyze, { onProgress, warn: (each) => this.#warn(each) });
  }
}
