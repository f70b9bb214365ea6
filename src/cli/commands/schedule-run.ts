/** The body of `schedule`. */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { promisify } from "node:util";
import { Command } from "commander";
import { OutputError, RefusedError, UsageError } from "../../errors.ts";
import { absoluteAddress } from "../../store/address.ts";
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import { crontabFile, crontabLine } from "../../nexushub/schedule/cron.ts";
import type { ScheduleFile } from "../../nexushub/schedule/schedule-file.ts";
import { frequentOptions, type Interval, intervalOf } from "../../nexushub/schedule/interval.ts";
import { type ScheduleOptions, systemdUnits, UNIT_NAME } from "../../nexushub/schedule/systemd.ts";
import {
  findDeployment,
  type DetectedDeployment,
} from "../../nexushub/deployment/open-deployment.ts";
import { replaceFile } from "../../util/atomic-file.ts";
import { ownPackage } from "../../util/package.ts";
import {
  type Body,
  type CommandContext,
  type ConnectionOptions,
  withoutUndefined,
} from "../command.ts";
import { ask, isTerminal } from "../confirm.ts";
import { DONE } from "../exit-codes.ts";
import { createRegistry } from "../registry.ts";
import { deploymentOptions } from "../source.ts";
import { policyOf } from "../retention-options.ts";
import { addBackup } from "./backup.ts";
import type { BackupCommandOptions } from "./backup-run.ts";

export interface ScheduleCommandOptions extends ConnectionOptions {
  readonly folder?: string;
  readonly onCalendar?: string;
  /** Milliseconds. */
  readonly every?: number;
  readonly install?: boolean;
  readonly yes?: boolean;
}

/** Output of commander that is not shown: the error is reported instead. */
const SILENT = { writeOut: () => {}, writeErr: () => {}, outputError: () => {} };

/** The files of a schedule, and how to start it. */
interface Schedule {
  readonly files: readonly ScheduleFile[];
  readonly commands: readonly (readonly [string, ...string[]])[];
  /** The schedule as text for people who install it themselves. */
  readonly text: string;
}

export const scheduleRun: Body<ScheduleCommandOptions> = async (context, options, ...operands) => {
  const [kind, ...backupOptions] = operands as ["systemd" | "cron", ...string[]];
  const { console } = context;
  const { onCalendar, every } = options;
  if (kind === "cron" && onCalendar !== undefined)
    throw new UsageError("--on-calendar is for systemd only", {
      hint: "change the time in the crontab line",
    });
  if (every !== undefined && onCalendar !== undefined)
    throw new UsageError("--every and --on-calendar both say when the backup runs");
  const interval = every === undefined ? undefined : intervalOf(every);
  const { metricsFile, frequent } = await parseBackupOptions(backupOptions, every);
  const folder = absoluteAddress(process.cwd(), options.folder ?? (await defaultFolder()));
  const detected = await findDeployment(deploymentOptions(options, context));
  if (detected?.shape === "environment" || detected?.shape === "url")
    console.say(
      "warning",
      "the database is named by this shell's environment, which a timer does not have: write DATABASE_URL into a file of mode 0600 and pass --env-file",
    );
  const command = backupCommand(folder, options, detected, [...backupOptions, ...frequent]);
  const schedule =
    kind === "cron"
      ? cron(command, interval)
      : systemd(command, folder, {
          onCalendar: onCalendar ?? interval?.calendar,
          delaySeconds: interval?.delaySeconds,
          metricsFile,
          docker: detected?.shape === "compose",
        });
  const { files } = schedule;
  if (options.install !== true) {
    console.result({ kind, files, installed: false }, schedule.text);
    return DONE;
  }
  await confirmInstall(context, options, folder, schedule);
  await install(folder, schedule);
  const paths = files.map(({ path }) => path).join(" and ");
  console.result({ kind, files, installed: true }, `installed ${paths}`);
  return DONE;
};

function cron(command: readonly string[], interval: Interval | undefined): Schedule {
  const when = { when: interval?.cron };
  return { files: [crontabFile(command, when)], commands: [], text: crontabLine(command, when) };
}

interface Timer extends Pick<ScheduleOptions, "onCalendar" | "delaySeconds" | "docker"> {
  readonly metricsFile: string | undefined;
}

function systemd(
  command: readonly string[],
  folder: string,
  { metricsFile, ...timer }: Timer,
): Schedule {
  const files = systemdUnits(
    withoutUndefined({
      command,
      writes: [folder, ...(metricsFile === undefined ? [] : [dirname(metricsFile)])],
      ...timer,
    }),
  );
  return {
    files,
    commands: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", `${UNIT_NAME}.timer`],
    ],
    text: files.map(({ path, text }) => `# ${path}\n${text}`).join("\n"),
  };
}

/** Checks the options of the backup that follow `--`, so that a mistake does not wait for the night. */
async function parseBackupOptions(
  words: readonly string[],
  every: number | undefined,
): Promise<{ metricsFile: string | undefined; frequent: readonly string[] }> {
  let parsed: BackupCommandOptions = {};
  const program = new Command();
  const registry = createRegistry(program, SILENT, async (_load, options) => {
    parsed = options as BackupCommandOptions;
  });
  addBackup(registry);
  try {
    await program.parseAsync(["backup", ...words], { from: "user" });
  } catch (error) {
    throw new UsageError(
      `options of the backup: ${(error as Error).message.replace(/^error: /, "")}`,
      {
        hint: "nexushub-dump backup --help lists them",
      },
    );
  }
  if (parsed.metricsFile !== undefined && !isAbsolute(parsed.metricsFile))
    throw new UsageError("--metrics-file must be an absolute path: a timer has no current folder");
  const { metricsFile, differential = false } = parsed;
  const hasRetention = Object.keys(policyOf(parsed)).length > 0;
  const frequent =
    every === undefined
      ? []
      : frequentOptions(every, { isDifferential: differential, hasRetention });
  return { metricsFile, frequent };
}

/**
 * The words that run the backup. Absolute paths throughout, of the compose file too: neither systemd nor cron has this
 * shell's folder or PATH.
 */
function backupCommand(
  folder: string,
  { databaseUrl, envFile, composeFile }: ScheduleCommandOptions,
  detected: DetectedDeployment | null,
  backupOptions: readonly string[],
): string[] {
  if (databaseUrl !== undefined) {
    throw new UsageError(
      "a connection string does not belong in a unit or a crontab: others can read it",
      { hint: "write DATABASE_URL into a file of mode 0600 and pass --env-file" },
    );
  }
  // The package's own folder has no symbolic links in its name, so this outlives the link in a bin folder.
  const program = join(ownPackage().folder, "dist", "cli", "main.js");
  const stack = composeFile ?? detected?.composeFile ?? null;
  const files = [
    ...(envFile === undefined ? [] : ["--env-file", resolve(envFile)]),
    ...(stack === null ? [] : ["--compose-file", resolve(stack)]),
  ];
  // The two dashes: Node.js 20 takes --env-file for an option of its own anywhere before them.
  return [process.execPath, "--", program, "backup", folder, ...files, ...backupOptions];
}

async function confirmInstall(
  { io, console, signal }: CommandContext,
  { yes = false }: ScheduleCommandOptions,
  folder: string,
  { files, commands }: Schedule,
): Promise<void> {
  const steps = [
    `create the folder ${folder}`,
    ...files.map(({ path }) => `write ${path}`),
    ...commands.map((words) => `run ${words.join(" ")}`),
  ];
  for (const step of steps) console.say("info", `will ${step}`);
  const isConfirmed =
    yes || (isTerminal(io) && (await ask(io, "Type yes to do this: ", "yes", signal)));
  if (isConfirmed) return;
  throw new RefusedError("NOT_CONFIRMED", "not confirmed: nothing was installed", {
    hint: "answer yes when asked, or pass --yes",
  });
}

async function install(folder: string, { files, commands }: Schedule): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const { path, text } of files) await replaceFile(path, text, 0o644);
  } catch (cause) {
    throw new OutputError(`cannot install: ${(cause as Error).message}`, {
      hint: "run as root",
      cause,
    });
  }
  for (const [program, ...words] of commands) await runCommand(program, words);
}

async function runCommand(program: string, words: string[]): Promise<void> {
  try {
    await promisify(execFile)(program, words, { timeout: 60_000 });
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    throw new OutputError(`${program} ${words.join(" ")} failed: ${stderr?.trim() || message}`, {
      hint: "the files are written: run the remaining commands yourself",
      cause,
    });
  }
}
