/** What the doctor looks at on this host: the folder, the newest backup in it, the timer, what drills need. */
import { execFile } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import { join } from "node:path";
import { failure, type Finding, notRun, ok, warning } from "./finding.ts";
import { listBackups, readLedger } from "../backup-folder/ledger.ts";
import { CRON_FILE, UNIT_NAME } from "../schedule/systemd.ts";
import { formatDuration } from "../../util/format.ts";

export async function folderFinding(folder: string): Promise<Finding> {
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

export async function newestFinding(folder: string, now: Date): Promise<Finding> {
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

export async function timerFinding(): Promise<Finding> {
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
  const hasCron = await access(CRON_FILE).then(
    () => true,
    () => false,
  );
  const byCron = ok(`cron starts it: ${CRON_FILE}`);
  if (shown === null || shown === "")
    return hasCron ? byCron : notRun("systemd is not running here; see schedule cron");
  const facts = Object.fromEntries(
    shown.split("\n").map((line) => line.split("=", 2) as [string, string]),
  );
  if (facts["LoadState"] !== "loaded")
    return hasCron ? byCron : warning(`there is no ${unit}`, hint);
  if (facts["ActiveState"] !== "active")
    return failure(`${unit} is ${facts["ActiveState"]}`, `systemctl enable --now ${unit}`);
  return ok(`${unit} is active, next at ${facts["NextElapseUSecRealtime"] || "an unknown time"}`);
}

export async function drillFinding(): Promise<Finding> {
  const { EMBEDDED_MAJORS, installCommand, installedBinaries } =
    await import("../../embedded/index.ts");
  const majors = EMBEDDED_MAJORS.filter((major) => installedBinaries(major).length > 0);
  if (majors.length > 0) return ok(`an embedded PostgreSQL ${majors.join(", ")} is installed`);
  return warning(
    "no embedded PostgreSQL is installed",
    `${installCommand()}, or hold drills with --into`,
  );
}
