/** Executes a restore's plan, step by step, inside a transaction that somebody else begins and ends. */
import type { ArchiveReader } from "../../archive/reader.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import type { Connection } from "../../pg/connection.ts";
import type { ErrorContext } from "../../pg/server-error.ts";
import { setLocal } from "../../pg/session.ts";
import { dataProgress } from "../../util/progress.ts";
import type { Warning } from "../../warnings.ts";
import type { RestorePlan } from "../decide/plan.ts";
import type { RoleStatement } from "../decide/role-memberships.ts";
import type { StatementStep } from "../decide/steps.ts";
import type { RestoreOptions } from "../options.ts";
import { setRole } from "../set-role.ts";
import { findAnalyzeTargets } from "../target/analyze-targets.ts";
import { findFieldEncoders } from "../target/field-encoders.ts";
import { findLoadThrough } from "../target/load-through.ts";
import { analyze } from "./analyze.ts";
import type { PendingAnalysis } from "./analyze-committed.ts";
import { setDefaultPrivilegesAside } from "./default-privileges.ts";
import type { KeptTransaction } from "./kept-transaction.ts";
import { loadRelations, type PartStream, startReading } from "./load-rows.ts";
import { deleteNewConfiguration } from "./new-configuration.ts";
import type { RunningObject } from "./server-warning.ts";
import { fillAgain, type RunOptions, runStatements } from "./statements.ts";
import { restoreStatistics } from "./statistics.ts";
import { tryRights } from "./try-rights.ts";

export interface RunContext extends Pick<RestoreOptions, "signal" | "onProgress"> {
  readonly transaction: KeptTransaction;
  readonly reader: ArchiveReader;
  readonly version: ServerVersion;
  readonly warn: (warning: Warning) => void;
  readonly running: RunningObject;
  /** Whether the tables can be analyzed once the transaction is committed. */
  readonly analyzesLater: boolean;
}

/** What statements after the rows do, for messages. */
export const CHECK_ROWS = "check the rows against the constraints of the target";

/** @returns what is left to be analyzed, if that can be done later. */
export async function runPlan(
  context: RunContext,
  plan: RestorePlan,
): Promise<Omit<PendingAnalysis, "settings">> {
  const { transaction, version, onProgress, warn, running } = context;
  const { connection } = transaction;
  const { preData, postData, role, roles, tuned, hint } = plan;
  const counter = counterOf(plan);
  const unfilled: RunOptions["unfilled"] = new Map();
  const statements = { onProgress, warn, running, version, role, tuned, hint, counter, unfilled };

  await transaction.remember();
  if (plan.settings.length > 0) await connection.query(setLocal(plan.settings));
  if (role !== undefined) await setRole(connection, role);
  if (roles.statements.length > 0) onProgress?.({ type: "phase", phase: "roles" });
  await runRoleStatements(connection, roles.statements);
  if (plan.drops.length > 0) onProgress?.({ type: "phase", phase: "drop" });
  await runAll(connection, plan.drops, "drop what the target holds");
  const defaultPrivileges =
    plan.setsPrivileges && preData.length > 0
      ? await setDefaultPrivilegesAside(connection, version)
      : [];
  const parts = startReading(context.reader, plan.rows, context);
  try {
    if (preData.length > 0) onProgress?.({ type: "phase", phase: "pre-data" });
    await runStatements(transaction, preData, statements);
    await tryRights(transaction, plan.triedFirst, statements);
    await deleteNewConfiguration(connection, plan);
    await runAll(connection, plan.beforeRows, "prepare the tables");
    await loadRows(context, plan, parts);
  } finally {
    await parts.end();
  }
  const referencesHint = referencesHintOf(plan);
  await runAll(connection, plan.afterRows, CHECK_ROWS, { referencesHint });
  if (postData.length > 0) onProgress?.({ type: "phase", phase: "post-data" });
  await runStatements(transaction, postData, statements);
  await fillAgain(transaction, statements);
  await runAll(connection, defaultPrivileges, "bring default privileges back");
  const { serverVersionNum } = context.reader.manifest.database;
  const refused = await restoreStatistics(connection, plan.statistics, serverVersionNum);
  const tables = [...plan.analyze, ...refused.map((each) => ({ ...each, bytes: 0 }))];
  // Memberships that end with the transaction may be what gives the right to analyze.
  const isLater = context.analyzesLater && roles.afterwards.length === 0;
  const targets = isLater ? await findAnalyzeTargets(connection, tables) : [];
  if (!isLater) await analyze(connection, tables, { onProgress, warn });
  await runRoleStatements(connection, roles.afterwards);
  await transaction.requireSame();
  return { targets, role };
}

async function runRoleStatements(
  connection: Connection,
  statements: readonly RoleStatement[],
): Promise<void> {
  for (const { sql, shown, object } of statements)
    await connection.query(sql, { action: `create ${object}`, object, statement: shown });
}

/** The number of the statements of an archive, and how many have been run. */
export function counterOf({ preData, postData }: RestorePlan): {
  index: number;
  readonly total: number;
} {
  const count = (steps: readonly StatementStep[]): number =>
    steps.reduce((sum, { object }) => sum + object.statements.length, 0);
  return { index: 0, total: count(preData) + count(postData) };
}

/** Statements that are not the archive's and hold no rows. */
export async function runAll(
  connection: Connection,
  statements: readonly string[],
  action: string,
  context: ErrorContext = {},
): Promise<void> {
  for (const statement of statements)
    await connection.query(statement, { ...context, action, statement });
}

/** Of all tables: checks that were deferred name one of them only when they fail. */
function referencesHintOf({ rows }: RestorePlan): string | undefined {
  const hints = rows.flatMap(({ referencesHint }) => referencesHint ?? []);
  return hints.length === 0 ? undefined : hints.join("; ");
}

/** Rows, and the positions of sequences. */
async function loadRows(
  { transaction: { connection }, reader, version, onProgress }: RunContext,
  { rows, sequences, createLargeObjects, loadViaPartitionRoot }: RestorePlan,
  parts: PartStream,
): Promise<void> {
  if (rows.length + sequences.length === 0) return;
  onProgress?.({ type: "phase", phase: "data" });
  const bytes = rows.reduce((sum, { relation }) => sum + relation.bytes, 0);
  const progress = dataProgress(onProgress, bytes);
  const through = await findLoadThrough(
    connection,
    version,
    rows.map(({ relation }) => relation),
    { all: loadViaPartitionRoot, encoding: reader.manifest.database.encoding },
  );
  const encoders = await findFieldEncoders(connection, rows);
  await loadRelations(connection, parts, rows, {
    progress,
    through,
    encoders,
    createLargeObjects,
  });
  progress.finish();
  await runAll(connection, sequences, "set the positions of sequences");
}
