/** Can this host back up and restore? Each check says what it saw and, where something is amiss, what to do. */
import { execFile } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import { join } from "node:path";
import { formatBytes, formatDuration } from "../drill/format.ts";
import { isNexushubDumpError } from "../errors.ts";
import { connect } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { checkServer } from "../pg/server.ts";
import { checkKeyFits, type KeyCheck } from "./key-check.ts";
import { listBackups, readLedger } from "./ledger.ts";
import { type DeploymentOptions, type OpenDeployment, openDeployment } from "./open-deployment.ts";
import { estimateBytes, freeBytes } from "./space.ts";
import { UNIT_NAME } from "./schedule.ts";

export type CheckStatus = "ok" | "warning" | "failed" | "not-run";

export interface Check {
  /** Stable, in kebab case. */
  readonly id: string;
  readonly title: string;
  readonly status: CheckStatus;
  readonly message: string;
  /** What to do; null when nothing is to be done. */
  readonly hint: string | null;
}

export interface DoctorReport {
  /** No check failed. */
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

export interface DoctorOptions extends DeploymentOptions {
  /** The folder of the backups. */
  readonly folder: string;
  /** Default: the clock. */
  readonly now?: Date | undefined;
}

type Finding = Omit<Check, "id" | "title">;
const ok = (message: string): Finding => ({ status: "ok", message, hint: null });
const warning = (message: string, hint: string): Finding => ({ status: "warning", message, hint });
const failure = (message: string, hint: string | null): Finding => ({
  status: "failed",
  message,
  hint,
});
const notRun = (message: string): Finding => ({ status: "not-run", message, hint: null });

/** Runs all checks; changes nothing. Throws only when interrupted. */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  const checks: Check[] = [];
  const run = async (id: string, title: string, look: () => Promise<Finding>): Promise<Finding> => {
    let finding: Finding;
    try {
      finding = await look();
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
      finding = failure(error.message, error.hint ?? null);
    }
    checks.push({ id, title, ...finding });
    return finding;
  };
  const skip = (id: string, title: string, why: string) => run(id, title, async () => notRun(why));

  let deployment: OpenDeployment | undefined;
  await run("deployment", "Deployment", async () => {
    deployment = await openDeployment(options);
    const why = deployment.why.join("; ");
    const [note] = deployment.notes;
    return note === undefined
      ? ok(why)
      : warning(
          `${why}; ${deployment.notes.join("; ")}`,
          "make the file mean the same to systemd and to shells",
        );
  });
  try {
    if (deployment === undefined) {
      for (const [id, title] of DATABASE_CHECKS) await skip(id, title, "no database was reached");
    } else {
      await lookAtDatabase(deployment, options, run);
    }
  } finally {
    await deployment?.close();
  }
  await run("folder", "Backup folder", () => folderFinding(options.folder));
  await run("newest", "Newest backup", () =>
    newestFinding(options.folder, options.now ?? new Date()),
  );
  await run("timer", "Timer", timerFinding);
  await run("drill", "Drill", drillFinding);
  return { ok: checks.every(({ status }) => status !== "failed"), checks };
}

type Run = (id: string, title: string, look: () => Promise<Finding>) => Promise<Finding>;

const DATABASE_CHECKS = [
  ["server", "Server"],
  ["privileges", "Privileges"],
  ["key", "Key"],
  ["space", "Disk space"],
] as const;

async function lookAtDatabase(
  deployment: OpenDeployment,
  { signal, env, folder }: DoctorOptions,
  run: Run,
): Promise<void> {
  const { connection, connector } = await connect(deployment.connection, { signal, env });
  const [server, privileges, key, space] = DATABASE_CHECKS;
  try {
    await run(...server, async () => {
      const { num, major } = await checkServer(connection, connector, {
        purpose: "dump",
        allowNewer: false,
      });
      return ok(`${connection.label}, PostgreSQL ${major}.${num % 10000}`);
    });
    await run(...privileges, () => privilegesFinding(connection));
    await run(...key, () => keyFinding(connection, deployment));
    await run(...space, async () => {
      const last = (await readLedger(folder)).ledger.lastSuccess?.bytes ?? null;
      const needed = await estimateBytes(connection, last);
      const free = await freeBytes(folder);
      if (free === null) return notRun("the folder does not exist yet, or does not tell");
      const text = `${formatBytes(free)} free, the next backup takes about ${formatBytes(needed)}`;
      if (free < needed) return failure(text, "free some space, or back up into another folder");
      return free < 3 * needed
        ? warning(text, "there is room for one or two backups more: free some space soon")
        : ok(text);
    });
  } finally {
    await connection.close();
  }
}

async function keyFinding(
  connection: Connection,
  { key }: Pick<OpenDeployment, "key">,
): Promise<Finding> {
  let check: KeyCheck;
  try {
    check = await checkKeyFits(connection, key);
  } catch (error) {
    // The check of privileges says what to do about it.
    if (isNexushubDumpError(error) && error.code === "PERMISSION")
      return notRun(`it was not tried: ${error.message}`);
    throw error;
  }
  const { state, warning: text } = check;
  if (state === "fits") return ok(`${key!.from} opens the sealed values that were tried`);
  if (state === "untested")
    return ok(`${key!.from}; the database seals no value yet, so it was not tried`);
  const hint =
    "set PEER_KEY_ENCRYPTION_KEY to the key that NexusHub runs with, and keep a copy apart from the backups";
  return state === "absent" ? warning(text!, hint) : failure(text!, hint);
}

/** A dump reads every table, all of its rows, and every sequence. */
async function privilegesFinding(connection: Connection): Promise<Finding> {
  const denied = await connection.query<{ name: string }>(
    `SELECT c.oid::pg_catalog.regclass::pg_catalog.text AS name
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm', 'S') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
       AND (NOT (pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))
            OR pg_catalog.row_security_active(c.oid))
     ORDER BY 1`,
    { doing: "cannot ask for privileges" },
  );
  if (denied.length === 0) return ok("may read every table and sequence");
  const names = denied
    .slice(0, 5)
    .map(({ name }) => name)
    .join(", ");
  return failure(
    `may not read all of ${names}${denied.length > 5 ? ` and ${denied.length - 5} more` : ""}`,
    "connect as the owner of the tables, or GRANT SELECT on these; past row security only an owner or a role with BYPASSRLS gets",
  );
}

async function folderFinding(folder: string): Promise<Finding> {
  const found = await stat(folder).catch(() => null);
  if (found === null) {
    return warning(
      `${folder} does not exist yet`,
      `the first backup makes it; for the timer, make it now: install -d -m 0700 ${folder}`,
    );
  }
  if (!found.isDirectory()) return failure(`${folder} is not a folder`, "name another folder");
  const writable = await access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!writable)
    return failure(`${folder} is not writable for this user`, "run as root, or change its owner");
  if ((found.mode & 0o077) !== 0)
    return warning(
      `${folder} is open to other users (mode ${(found.mode & 0o777).toString(8)})`,
      `chmod 0700 ${folder}`,
    );
  return ok(folder);
}

/** A nightly backup, and some hours for a slow night. */
const FRESH_MS = 26 * 60 * 60 * 1000;

async function newestFinding(folder: string, now: Date): Promise<Finding> {
  const { ledger, problem } = await readLedger(folder);
  const backups = await listBackups(folder, ledger).catch(() => []);
  const [newest] = backups;
  if (newest === undefined) return failure("there is no backup", "make one: nexushub-dump backup");
  const age = now.getTime() - newest.at.getTime();
  const verified =
    (newest.entry?.verifiedAt ?? null) === null ? ", not known to be verified" : ", verified";
  const text = `${join(folder, newest.name)}, ${formatDuration(Math.max(0, age))} old${verified}; ${backups.length} in all`;
  if (problem !== null)
    return warning(`${text}; ${problem}`, "prove and adopt them: nexushub-dump prune --adopt");
  if (age > FRESH_MS)
    return failure(text, "see why no newer one was made: journalctl -u nexushub-backup");
  if (age < 0) return warning(`${text}; its time is in the future`, "check this host's clock");
  return ok(text);
}

function systemctl(...args: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile("systemctl", args, { timeout: 10_000 }, (error, stdout) => {
      // The exit code tells the state as well; only a missing program has no code of its own.
      resolve(error !== null && typeof error.code !== "number" ? null : stdout.trim());
    });
  });
}

async function timerFinding(): Promise<Finding> {
  const unit = `${UNIT_NAME}.timer`;
  const hint = "nexushub-dump schedule systemd --install, then systemctl enable --now " + unit;
  const shown = await systemctl(
    "show",
    unit,
    "-p",
    "LoadState",
    "-p",
    "ActiveState",
    "-p",
    "NextElapseUSecRealtime",
  );
  if (shown === null || shown === "")
    return notRun("systemd is not running here; see schedule cron");
  const facts = Object.fromEntries(
    shown.split("\n").map((line) => line.split("=", 2) as [string, string]),
  );
  if (facts["LoadState"] !== "loaded") return warning(`there is no ${unit}`, hint);
  if (facts["ActiveState"] !== "active")
    return failure(`${unit} is ${facts["ActiveState"]}`, `systemctl enable --now ${unit}`);
  return ok(`${unit} is active, next at ${facts["NextElapseUSecRealtime"] || "an unknown time"}`);
}

async function drillFinding(): Promise<Finding> {
  const { EMBEDDED_MAJORS, installCommand, installedBinaries } =
    await import("../embedded/index.ts");
  const majors = EMBEDDED_MAJORS.filter((major) => installedBinaries(major).length > 0);
  if (majors.length > 0) return ok(`an embedded PostgreSQL ${majors.join(", ")} is installed`);
  return warning(
    "no embedded PostgreSQL is installed",
    `${installCommand()}, or hold drills with --into`,
  );
}
