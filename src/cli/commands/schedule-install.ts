/** Writes the files of a schedule, or removes them, after confirmation. */
import { execFile } from "node:child_process";
import { rm, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { OutputError, RefusedError, UsageError } from "../../errors.ts";
import { cronPath, LOGROTATE_FILE } from "../../nexushub/schedule/cron.ts";
import type { ScheduleFile } from "../../nexushub/schedule/schedule-file.ts";
import { unitName, unitPaths } from "../../nexushub/schedule/systemd.ts";
import { openFolder } from "../../store/open-folder.ts";
import { replaceFile } from "../../util/atomic-file.ts";
import { childEnvironment } from "../../util/child-environment.ts";
import type { CommandContext } from "../command.ts";
import { ask, isTerminal } from "../confirm.ts";
import { systemReason } from "../../util/system-reason.ts";

type CommandWords = readonly [string, ...string[]];

/** The files of a schedule, and how to start it. */
export interface Schedule {
  readonly files: readonly ScheduleFile[];
  readonly commands: readonly CommandWords[];
  /** The schedule as text for people who install it themselves. */
  readonly text: string;
}

/** @throws RefusedError unless somebody agrees. */
export async function confirmSteps(
  { io, console, signal }: CommandContext,
  { yes = false }: { readonly yes?: boolean },
  steps: readonly string[],
  what: "installed" | "removed",
): Promise<void> {
  for (const step of steps) console.say("info", `will ${step}`);
  const isConfirmed =
    yes || (isTerminal(io) && (await ask(io, "Type yes to do this: ", "yes", signal)));
  if (isConfirmed) return;
  throw new RefusedError("NOT_CONFIRMED", `not confirmed: nothing was ${what}`, {
    hint: "answer yes when asked, or pass --yes",
  });
}

export async function confirmInstall(
  context: CommandContext,
  options: { readonly yes?: boolean },
  folder: string,
  { files, commands }: Schedule,
): Promise<void> {
  const steps = [
    `create the folder ${folder}`,
    ...files.map(({ path }) => `write ${path}`),
    ...commands.map((words) => `run ${words.join(" ")}`),
  ];
  await confirmSteps(context, options, steps, "installed");
}

export async function install(folder: string, { files, commands }: Schedule): Promise<void> {
  try {
    await (await openFolder(folder)).create();
    for (const { path, text } of files) await replaceFile(path, text, 0o644);
  } catch (cause) {
    throw new OutputError(`cannot install: ${systemReason(cause)}`, {
      hint: "run as root",
      cause,
    });
  }
  const hint = "the files are written: run the remaining commands yourself";
  for (const [program, ...words] of commands) await runCommand(program, words, hint);
}

async function runCommand(program: string, words: string[], hint: string): Promise<void> {
  try {
    await promisify(execFile)(program, words, { timeout: 60_000 });
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    const reason = stderr?.trim() || message;
    throw new OutputError(`${program} ${words.join(" ")} failed: ${reason}`, { hint, cause });
  }
}

/** The files of schedules that are there; whoever wrote them. */
export async function installedFiles(): Promise<string[]> {
  const paths = [
    ...unitPaths("backup"),
    ...unitPaths("drill"),
    cronPath("backup"),
    cronPath("drill"),
    LOGROTATE_FILE,
  ];
  const present = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => present[index]);
}

/** Stops the timers and removes the files. Backups stay. */
export async function removeSchedules(paths: readonly string[]): Promise<void> {
  const timers = (["backup", "drill"] as const)
    .map((task) => `${unitName(task)}.timer`)
    .filter((timer) => paths.some((path) => path.endsWith(`/${timer}`)));
  const hint = "stop the timers yourself, and try again";
  if (timers.length > 0) await runCommand("systemctl", ["disable", "--now", ...timers], hint);
  try {
    for (const path of paths) await rm(path, { force: true });
  } catch (cause) {
    throw new OutputError(`cannot remove: ${systemReason(cause)}`, {
      hint: "run as root",
      cause,
    });
  }
  if (timers.length > 0) await runCommand("systemctl", ["daemon-reload"], hint);
}

/** systemd.time(7) has its own checker; without it, only what is surely wrong is refused. */
export async function refuseWrongCalendar(calendar: string): Promise<void> {
  const wrong = (reason: string): UsageError =>
    new UsageError(`--on-calendar ${calendar}: ${reason}`, {
      hint: "systemd.time(7) describes it: daily, Sun *-*-* 04:30:00, *-*-* 00/6:00:00",
    });
  if (!/^[\w*,./: +~-]+$/.test(calendar)) throw wrong("systemd does not take such characters");
  const problem = await new Promise<string | null>((resolve) => {
    const options = { timeout: 10_000, env: childEnvironment() };
    execFile("systemd-analyze", ["calendar", "--", calendar], options, (error, _out, stderr) => {
      const isAnswer = error !== null && typeof error.code === "number";
      resolve(isAnswer ? (stderr.trim().split("\n")[0] ?? "systemd does not take it") : null);
    });
  });
  if (problem !== null) throw wrong(problem);
}
