/** Checks whether this host can back up and restore. Every check says what it saw and, if something is wrong, what to do. */
import { expectedError, isNexushubDumpError } from "../../errors.ts";
import { connect } from "../../pg/connect.ts";
import { checkServer } from "../../pg/server.ts";
import { readDatabaseIdentity } from "../backup-folder/database-identity.ts";
import { readLedger } from "../backup-folder/ledger.ts";
import { listBackups } from "../backup-folder/list-backups.ts";
import { type OpenDeployment, openDeployment } from "../deployment/open-deployment.ts";
import type { DeploymentOptions } from "../deployment/options.ts";
import { keyFinding, privilegesFinding, spaceFinding } from "./database-findings.ts";
import { basesFinding } from "./bases-finding.ts";
import { damageFinding, judgeDrills, MAX_DRILL_AGE_MS } from "./drill-history-finding.ts";
import { drillFinding } from "./drill-finding.ts";
import { failure, type Finding, notRun, ok, warning } from "./finding.ts";
import { folderFinding, newestFinding } from "./folder-findings.ts";
import { schedulerFinding } from "./scheduler-finding.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

export type { CheckStatus } from "./finding.ts";

/** One check of `doctor` and its finding. */
export interface Check extends Finding {
  /** Stable, in kebab case. */
  readonly id: string;
  readonly title: string;
}

/** The result of `doctor`. */
export interface DoctorReport {
  /** True when no check failed; warnings do not count. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** Options of `doctor`. */
export interface DoctorOptions extends DeploymentOptions {
  /** The backup folder. */
  readonly folder: PathOrUrl;
  /** The last drill that passed may be so old, in milliseconds. Default: 100 days. */
  readonly maxDrillAgeMs?: number | undefined;
  /** Default: the clock. */
  readonly now?: Date | undefined;
}

type RunCheck = (
  id: string,
  title: string,
  check: () => Finding | Promise<Finding>,
) => Promise<void>;

/** Runs all checks; changes nothing. Throws only when interrupted. */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const checks: Check[] = [];
  const run: RunCheck = async (id, title, check) => {
    try {
      checks.push({ id, title, ...(await check()) });
    } catch (thrown) {
      const error = expectedError(thrown);
      if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
      checks.push({ id, title, ...failure(error.message, error.hint ?? null) });
    }
  };
  const database = await checkDatabase(options, run);
  const { now = new Date(), maxDrillAgeMs = MAX_DRILL_AGE_MS } = options;
  const folder = pathText(options.folder);
  await run("folder", "Backup folder", () => folderFinding(folder));
  const { ledger, problem } = await readLedger(folder);
  const backups = await listBackups(folder, ledger).catch(() => []);
  await run("newest", "Newest backup", () =>
    newestFinding({ backups, ledger, problem, now }, database),
  );
  const bases = basesFinding(backups);
  if (bases !== null) await run("bases", "Bases of differential backups", () => bases);
  const damage = damageFinding(backups);
  if (damage !== null) await run("damage", "Damaged backups", () => damage);
  await run("timer", "Timer", schedulerFinding);
  await run("drill", "Drill", drillFinding);
  await run("last-drill", "Last drill", () =>
    judgeDrills({
      drills: ledger.drills ?? [],
      oldestBackup: backups.at(-1)?.at ?? null,
      now,
      maxAgeMs: maxDrillAgeMs,
    }),
  );
  return { ok: checks.every(({ status }) => status !== "failed"), checks };
}

/** The checks that need a database, in order. */
const DATABASE_CHECKS = [
  ["server", "Server"],
  ["privileges", "Privileges"],
  ["key", "Key"],
  ["space", "Disk space"],
] as const;

/** @returns the identity of the database; null when it was not reached. */
async function checkDatabase(options: DoctorOptions, run: RunCheck): Promise<string | null> {
  let deployment: OpenDeployment | undefined;
  await run("deployment", "Deployment", async () => {
    deployment = await openDeployment(options);
    return deploymentFinding(deployment);
  });
  if (deployment === undefined) {
    for (const [id, title] of DATABASE_CHECKS)
      await run(id, title, () => notRun("no database was reached"));
    return null;
  }
  try {
    return await checkOpenDatabase(deployment, options, run);
  } catch (error) {
    throw expectedError(error);
  } finally {
    await deployment.close();
  }
}

function deploymentFinding({ why, notes }: OpenDeployment): Finding {
  const text = why.length === 0 ? "the database that was named answers" : why.join("; ");
  if (notes.length === 0) return ok(text);
  return warning(
    `${text}; ${notes.join("; ")}`,
    "change the file so that systemd and shells read the same values",
  );
}

async function checkOpenDatabase(
  deployment: OpenDeployment,
  { signal, env, folder }: DoctorOptions,
  run: RunCheck,
): Promise<string> {
  const { connection, connector } = await connect(deployment.connection, { signal, env });
  const [server, privileges, key, space] = DATABASE_CHECKS;
  try {
    await run(...server, async () => {
      const { num, major } = await checkServer(connection, connector, {
        purpose: "dump",
      });
      return ok(`${connection.label}, PostgreSQL ${major}.${num % 10000}`);
    });
    await run(...privileges, () => privilegesFinding(connection));
    await run(...key, () => keyFinding(connection, deployment.key));
    const database = await readDatabaseIdentity(connection, connector);
    await run(...space, () => spaceFinding(connection, database, pathText(folder)));
    return database;
  } finally {
    await connection.close();
  }
}
