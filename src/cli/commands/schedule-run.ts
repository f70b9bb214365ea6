/** The body of `schedule`. */
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../../errors.ts";
import { absoluteAddress, isStoreAddress } from "../../store/address.ts";
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import {
  type DetectedDeployment,
  findDeployment,
} from "../../nexushub/deployment/open-deployment.ts";
import {
  crontabFile,
  crontabLine,
  LOGROTATE_FILE,
  logrotateFile,
} from "../../nexushub/schedule/cron.ts";
import { drillIntervalOf, type Interval, intervalOf } from "../../nexushub/schedule/interval.ts";
import type { ScheduledTask } from "../../nexushub/schedule/schedule-file.ts";
import { systemdUnits, unitName } from "../../nexushub/schedule/systemd.ts";
import { ownPackage } from "../../util/package.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import type { Body, CommandContext, ConnectionOptions } from "../command.ts";
import { DONE } from "../exit-codes.ts";
import { deploymentOptions } from "../source.ts";
import {
  confirmInstall,
  confirmSteps,
  install,
  installedFiles,
  refuseWrongCalendar,
  removeSchedules,
  type Schedule,
} from "./schedule-install.ts";
import { checkScheduled, type ScheduledOptions } from "./schedule-words.ts";

export interface ScheduleCommandOptions extends ConnectionOptions {
  readonly folder?: string;
  /** The file that the scheduled command reads, too; none when there is none. */
  readonly config?: string;
  readonly with?: "systemd" | "cron";
  readonly onCalendar?: string;
  /** Milliseconds. */
  readonly every?: number;
  readonly install?: boolean;
  readonly yes?: boolean;
}

export const scheduleRun: Body<ScheduleCommandOptions> = async (context, options, ...operands) => {
  const [kind, ...words] = operands as ["systemd" | "cron" | "drill" | "remove", ...string[]];
  const { console } = context;
  if (kind === "remove") return removeRun(context, options);
  const task = kind === "drill" ? "drill" : "backup";
  const scheduler = kind === "drill" ? (options.with ?? (await runningScheduler())) : kind;
  const interval = await intervalFor(task, scheduler, options);
  const config = options.config === undefined ? undefined : resolve(options.config);
  const scheduled = await checkScheduled(task, words, { every: options.every, config });
  const folder = absoluteAddress(process.cwd(), options.folder ?? (await defaultFolder()));
  const detected = await findDeployment(deploymentOptions(options, context));
  if (task === "backup" && (detected?.shape === "environment" || detected?.shape === "url"))
    console.say(
      "warning",
      "the database is named by this shell's environment, which a timer does not have: write DATABASE_URL into a file of mode 0600 and pass --env-file",
    );
  const command = commandWords(task, folder, options, detected, [
    ...(config === undefined ? [] : ["--config", config]),
    ...words,
    ...scheduled.added,
  ]);
  const schedule =
    scheduler === "cron"
      ? cron(task, command, interval)
      : systemd(task, command, folder, {
          ...scheduled,
          onCalendar: options.onCalendar ?? interval?.calendar,
          delaySeconds: interval?.delaySeconds,
          docker: detected?.shape === "compose",
        });
  const { files } = schedule;
  const result = { kind: scheduler, task, files };
  if (options.install !== true) {
    console.result({ ...result, installed: false }, schedule.text);
    return DONE;
  }
  await confirmInstall(context, options, folder, schedule);
  await install(folder, schedule);
  const paths = files.map(({ path }) => path).join(" and ");
  console.result({ ...result, installed: true }, `installed ${paths}`);
  return DONE;
};

async function removeRun(
  context: CommandContext,
  options: ScheduleCommandOptions,
): Promise<number> {
  const paths = await installedFiles();
  if (paths.length > 0) {
    const steps = paths.map((path) => `remove ${path}`);
    await confirmSteps(context, options, steps, "removed");
    await removeSchedules(paths);
  }
  const text = paths.length === 0 ? "nothing is scheduled" : `removed ${paths.join(" and ")}`;
  context.console.result({ kind: "remove", removed: paths }, text);
  return DONE;
}

/** systemd runs where it has this folder (sd_booted(3)). */
async function runningScheduler(): Promise<"systemd" | "cron"> {
  return stat("/run/systemd/system").then(
    () => "systemd",
    () => "cron",
  );
}

async function intervalFor(
  task: ScheduledTask,
  scheduler: "systemd" | "cron",
  { onCalendar, every }: ScheduleCommandOptions,
): Promise<Interval | undefined> {
  if (scheduler === "cron" && onCalendar !== undefined)
    throw new UsageError("--on-calendar is for systemd only", {
      hint: "change the time in the crontab line",
    });
  if (every !== undefined && onCalendar !== undefined)
    throw new UsageError("--every and --on-calendar both say when it runs");
  if (onCalendar !== undefined) await refuseWrongCalendar(onCalendar);
  if (task === "drill") return drillIntervalOf(every);
  return every === undefined ? undefined : intervalOf(every);
}

function cron(
  task: ScheduledTask,
  command: readonly string[],
  interval: Interval | undefined,
): Schedule {
  const when = { when: interval?.cron };
  return {
    // Where logrotate is not installed, its folder is not there.
    files: [
      crontabFile(command, when, task),
      ...(existsSync(dirname(LOGROTATE_FILE)) ? [logrotateFile()] : []),
    ],
    commands: [],
    text: crontabLine(command, when),
  };
}

interface Timer extends ScheduledOptions {
  readonly onCalendar: string | undefined;
  readonly delaySeconds: number | undefined;
  readonly docker: boolean;
}

function systemd(
  task: ScheduledTask,
  command: readonly string[],
  folder: string,
  { writes, folders, notifyWords, ...timer }: Timer,
): Schedule {
  const failureWords = ["notify", "failure", "--task", task, "--folder", folder, ...notifyWords];
  const files = systemdUnits(
    withoutUndefined({
      task,
      command,
      writes: [
        ...new Set([
          ...(isStoreAddress(folder) ? [] : [folder]),
          ...folders,
          ...writes.map((path) => dirname(path)),
        ]),
      ],
      failureCommand: notifyWords.length === 0 ? undefined : [...programWords(), ...failureWords],
      ...timer,
    }),
  );
  return {
    files,
    commands: [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", `${unitName(task)}.timer`],
    ],
    text: files.map(({ path, text }) => `# ${path}\n${text}`).join("\n"),
  };
}

/** Absolute paths: neither systemd nor cron has this shell's folder or PATH. */
function programWords(): string[] {
  // The package's own folder has no symbolic links in its name, so this outlives the link in a bin folder.
  const program = join(ownPackage().folder, "dist", "cli", "main.js");
  // The two dashes: Node.js 20 takes --env-file for an option of its own anywhere before them.
  return [process.execPath, "--", program];
}

/** The words that run the task. Absolute paths throughout, of the compose file too. */
function commandWords(
  task: ScheduledTask,
  folder: string,
  { databaseUrl, envFile, composeFile }: ScheduleCommandOptions,
  detected: DetectedDeployment | null,
  words: readonly string[],
): string[] {
  if (databaseUrl !== undefined) {
    throw new UsageError(
      "a connection string does not belong in a unit or a crontab: others can read it",
      { hint: "write DATABASE_URL into a file of mode 0600 and pass --env-file" },
    );
  }
  const stack = composeFile ?? detected?.composeFile ?? null;
  const files = [
    ...(envFile === undefined ? [] : ["--env-file", resolve(envFile)]),
    ...(stack === null ? [] : ["--compose-file", resolve(stack)]),
  ];
  return [...programWords(), task, folder, ...files, ...words];
}
