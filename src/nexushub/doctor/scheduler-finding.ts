/** The doctor's check that something starts the nightly backup: systemd's timer, or a cron job with a running daemon. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { childEnvironment } from "../../util/child-environment.ts";
import { cronPath } from "../schedule/cron.ts";
import { unitName } from "../schedule/systemd.ts";
import { failure, type Finding, notRun, ok, warning } from "./finding.ts";

export interface SchedulerFacts {
  /** Properties of the timer's unit; null where systemd does not run. */
  readonly timer: Readonly<Record<string, string>> | null;
  /** The crontab that starts the backup; null when there is none. */
  readonly crontab: string | null;
  /** Whether a cron daemon runs; null when that cannot be determined. */
  readonly cronRuns: boolean | null;
}

export async function schedulerFinding(): Promise<Finding> {
  const [timer, crontab, cronRuns] = await Promise.all([
    readTimer(),
    findCrontab(),
    isCronRunning(),
  ]);
  return judgeScheduler({ timer, crontab, cronRuns });
}

const UNIT = `${unitName("backup")}.timer`;

/** Pure. */
export function judgeScheduler({ timer, crontab, cronRuns }: SchedulerFacts): Finding {
  const isLoaded = timer?.["LoadState"] === "loaded";
  if (isLoaded && timer["ActiveState"] === "active")
    return ok(`${UNIT} is active, next at ${timer["NextElapseUSecRealtime"] || "an unknown time"}`);
  if (crontab !== null) {
    return cronRuns === false
      ? failure(`${crontab} starts backups, but no cron daemon is running`, "start cron")
      : ok(`cron starts it: ${crontab}`);
  }
  if (isLoaded)
    return failure(`${UNIT} is ${timer["ActiveState"]}`, `systemctl enable --now ${UNIT}`);
  if (timer !== null) {
    return warning(
      `there is no ${UNIT}`,
      `nexushub-dump schedule systemd --install, then systemctl enable --now ${UNIT}`,
    );
  }
  if (cronRuns === null) return notRun("systemd is not running here; see schedule cron");
  return warning(
    "neither a systemd timer nor a cron job starts backups",
    "nexushub-dump schedule cron --install, unless another scheduler starts them",
  );
}

async function readTimer(): Promise<Record<string, string> | null> {
  const properties = ["LoadState", "ActiveState", "NextElapseUSecRealtime"];
  const args = ["show", UNIT, ...properties.flatMap((property) => ["-p", property])];
  const output = await new Promise<string | null>((resolve) => {
    execFile("systemctl", args, { timeout: 10_000, env: childEnvironment() }, (error, stdout) => {
      // systemctl also reports states in its exit code; only a program that is missing or killed has none.
      resolve(error !== null && typeof error.code !== "number" ? null : stdout.trim());
    });
  });
  if (output === null || output === "") return null;
  return Object.fromEntries(
    output.split("\n").map((line) => line.split("=", 2) as [string, string]),
  );
}

/** Crontabs that `schedule cron` or an operator may have written: cron(8) of Debian, Red Hat and busybox. */
const CRONTABS = [
  cronPath("backup"),
  "/etc/crontab",
  "/var/spool/cron/crontabs/root",
  "/var/spool/cron/root",
  "/etc/crontabs/root",
];

/** Finds the first crontab with an active line that runs a NexusHub backup. */
async function findCrontab(): Promise<string | null> {
  for (const path of CRONTABS) {
    const text = await readFile(path, "utf8").catch(() => "");
    if (/^[^#\n]*nexushub-(?:dump\b.*\bbackup|backup)\b/m.test(text)) return path;
  }
  return null;
}

const CRON_DAEMONS: ReadonlySet<string> = new Set(["cron", "crond", "fcron"]);

/** Looks for a cron daemon in /proc (proc(5), comm); null where there is no /proc. */
async function isCronRunning(): Promise<boolean | null> {
  const entries = await readdir("/proc").catch(() => []);
  const processes = entries.filter((name) => /^\d+$/.test(name));
  if (processes.length === 0) return null;
  for (const pid of processes) {
    const comm = await readFile(join("/proc", pid, "comm"), "utf8").catch(() => "");
    if (CRON_DAEMONS.has(comm.trim())) return true;
  }
  return false;
}
