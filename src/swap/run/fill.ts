/** Fills a new, empty database with the contents of an archive, over several connections. */
import type { ArchiveReader } from "../../archive/reader.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import type { OnProgress, Phase } from "../../events.ts";
import type { Connector } from "../../pg/connect.ts";
import { gainsByBinary } from "../../restore/decide/copy-rows.ts";
import type { RestorePlan } from "../../restore/decide/plan.ts";
import type { Selection } from "../../restore/decide/selection.ts";
import type { RestoreSettings } from "../../restore/defaults.ts";
import { planForTarget } from "../../restore/plan-for-target.ts";
import { deleteNewConfiguration } from "../../restore/run/new-configuration.ts";
import { counterOf, runAll } from "../../restore/run/run-plan.ts";
import { restoreStatistics } from "../../restore/run/statistics.ts";
import { serverWarning } from "../../restore/run/server-warning.ts";
import { fillAgain } from "../../restore/run/statements.ts";
import { tryRights } from "../../restore/run/try-rights.ts";
import { findAnalyzeTargets, type RestoredTable } from "../../restore/target/analyze-targets.ts";
import type { RelationName, TargetFacts } from "../../restore/target/facts.ts";
import { type FieldEncoders, findFieldEncoders } from "../../restore/target/field-encoders.ts";
import { findLoadThrough } from "../../restore/target/load-through.ts";
import { dataProgress } from "../../util/progress.ts";
import { type Warning, warning } from "../../warnings.ts";
import { openSwapSession } from "../database/session.ts";
import { scheduleTasks } from "../schedule/schedule.ts";
import type { Task } from "../schedule/task.ts";
import { completeOnce } from "./relation-progress.ts";
import {
  inTask,
  runTask,
  runWork,
  statementOptions,
  type TaskContext,
  type Worker,
} from "./run-task.ts";
import { runTasks } from "./run-tasks.ts";

export interface FillOptions {
  readonly reader: ArchiveReader;
  readonly version: ServerVersion;
  readonly selection: Selection;
  readonly settings: RestoreSettings;
  readonly jobs: number;
  readonly warn: (warning: Warning) => void;
  /** Opens connections to the new database. */
  readonly connector: Connector;
}

/**
 * Schema, rows, indexes, constraints, sequences and statistics, each compared with the manifest as in a restore in one
 * transaction. When it fails, the database holds a part of that.
 */
export async function fill(options: FillOptions): Promise<void> {
  const { settings, version, warn } = options;
  const stop = new AbortController();
  const signal =
    settings.signal === undefined ? stop.signal : AbortSignal.any([settings.signal, stop.signal]);
  const workers: Worker[] = [];
  const open = async (): Promise<void> => {
    const connection = await openSwapSession(options.connector, signal);
    const running = { object: null };
    connection.onWarning((message, isRaised) =>
      warn(serverWarning(message, isRaised, running, version.major)),
    );
    workers.push({ connection, running });
  };
  try {
    await open();
    const decided = await planFor(options, workers[0]!);
    const { plan, target } = decided;
    const beforeRows = contextOf(options, plan, target, signal);
    const { through, encoders } = await createObjects(beforeRows, options, workers[0]!, decided);
    const context = { ...beforeRows, encoders };
    const tasks = scheduleTasks({
      plan,
      objects: options.selection.objects,
      through,
      jobs: options.jobs,
    });
    await openOthers(open, Math.min(options.jobs, tasks.length), warn);
    const announce = phases(settings.onProgress);
    const run = (list: readonly Task[]): Promise<void> =>
      runTasks(list, {
        workers,
        run: (worker, task, sharers) => {
          announce(phaseOf(task));
          return runTask(context, worker, task, sharers);
        },
        stop: () => stop.abort(),
      });
    await run(tasks);
    context.progress.finish();
    if (context.unfilled.size > 0)
      await inTask(context, workers[0]!, (transaction) =>
        fillAgain(transaction, statementOptions(context, workers[0]!)),
      );
    const { serverVersionNum } = options.reader.manifest.database;
    const refused = await inTask(context, workers[0]!, ({ connection }) =>
      restoreStatistics(connection, plan.statistics, serverVersionNum),
    );
    const tables = [...plan.analyze, ...refused.map((each) => ({ ...each, bytes: 0 }))];
    if (tables.length === 0) return;
    await run(await analyzeTasks(workers[0]!, tables));
  } finally {
    await Promise.all(workers.map(({ connection }) => connection.close()));
  }
}

interface Decided {
  readonly plan: RestorePlan;
  readonly target: TargetFacts;
}

/** Reads what a new database holds, and decides; nothing of the archive runs before. */
async function planFor(
  { reader: { manifest }, version, selection, settings, warn }: FillOptions,
  { connection }: Worker,
): Promise<Decided> {
  await connection.query("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
  const decide = { manifest, version, selection, settings, warn };
  const decided = await planForTarget(connection, decide);
  await connection.query("ROLLBACK");
  return decided;
}

/** Reports each phase when its first task begins: rows and indexes overlap. */
function phases(onProgress: OnProgress | undefined): (phase: Phase | undefined) => void {
  const announced = new Set<Phase>();
  return (phase) => {
    if (phase === undefined || announced.has(phase)) return;
    announced.add(phase);
    onProgress?.({ type: "phase", phase });
  };
}

function phaseOf({ work: { type } }: Task): Phase | undefined {
  switch (type) {
    case "relations":
    case "parts":
      return "data";
    case "objects":
      return "post-data";
    case "analyze":
      return "analyze";
    case "statements":
      return undefined;
  }
}

function contextOf(
  { reader, version, settings, jobs, warn }: FillOptions,
  plan: RestorePlan,
  { session }: TargetFacts,
  signal: AbortSignal,
): TaskContext {
  const { tuned } = plan;
  const memory = tuned?.maintenanceWorkMemKb ?? 0;
  const share = Math.max(session.maintenanceWorkMemKb, Math.floor(memory / jobs));
  const relations = plan.rows.map(({ relation }) => relation);
  const bytes = relations.reduce((sum, relation) => sum + relation.bytes, 0);
  return {
    reader,
    version,
    jobs,
    warn,
    signal,
    lockTimeoutMs: settings.lockTimeoutMs,
    settings: plan.settings,
    role: plan.role,
    tuned: tuned === undefined ? undefined : { ...tuned, maintenanceWorkMemKb: share },
    hint: plan.hint,
    counter: counterOf(plan),
    progress: completeOnce(dataProgress(settings.onProgress, bytes), relations),
    onProgress: settings.onProgress,
    encoders: new Map(),
    unfilled: new Map(),
  };
}

/** How the rows are loaded, by the relation's number. */
interface LoadFacts {
  /** The partitioned tables through which relations are loaded. */
  readonly through: ReadonlyMap<number, RelationName>;
  readonly encoders: FieldEncoders;
}

/** Creates what comes before the rows. */
function createObjects(
  context: TaskContext,
  { reader, version, settings, jobs }: FillOptions,
  worker: Worker,
  { plan, target: { session } }: Decided,
): Promise<LoadFacts> {
  const { preData, rows, drops, beforeRows, triedFirst } = plan;
  const work = { type: "objects", steps: preData } as const;
  settings.onProgress?.({ type: "phase", phase: "pre-data" });
  return inTask(context, worker, async (transaction) => {
    await runAll(transaction.connection, [...drops, ...beforeRows], "prepare the tables");
    await runWork(context, worker, transaction, work);
    await tryRights(transaction, triedFirst, statementOptions(context, worker));
    await deleteNewConfiguration(transaction.connection, plan);
    const through = await findLoadThrough(
      transaction.connection,
      version,
      rows.map(({ relation }) => relation),
      {
        all: settings.loadViaPartitionRoot,
        encoding: reader.manifest.database.encoding,
      },
    );
    const binary = gainsByBinary(jobs, session.processors) ? rows : [];
    return { through, encoders: await findFieldEncoders(transaction.connection, binary) };
  });
}

async function openOthers(
  open: () => Promise<void>,
  jobs: number,
  warn: (warning: Warning) => void,
): Promise<void> {
  for (let count = 1; count < jobs; count++) {
    try {
      await open();
    } catch (error) {
      const message = `opened only ${count} of ${jobs} connections: ${(error as Error).message}`;
      warn(warning("fewer-connections", null, message));
      return;
    }
  }
}

/** One for each table, or tree of partitions, the largest first. */
async function analyzeTasks(
  { connection }: Worker,
  tables: readonly RestoredTable[],
): Promise<Task[]> {
  await connection.query("BEGIN; SET LOCAL search_path = ''");
  const targets = await findAnalyzeTargets(connection, tables);
  await connection.query("ROLLBACK");
  return targets.map(({ name, bytes }) => ({
    after: [],
    locks: new Map([[name, "ShareUpdateExclusive"]]),
    cost: bytes,
    work: { type: "analyze", table: name },
  }));
}
