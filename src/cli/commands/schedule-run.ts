/** The body of `schedule`. */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { OutputError, RefusedError, UsageError } from "../../errors.ts";
import { defaultFolder } from "../../nexushub/backup/backup.ts";
import {
  findDeployment,
  type DetectedDeployment,
} from "../../nexushub/deployment/open-deployment.ts";
import { replaceFile } from "../../util/atomic-file.ts";
import {
  crontabFile,
  crontabLine,
  type ScheduleFile,
  systemdUnits,
  UNIT_NAME,
} from "../../nexushub/schedule/systemd.ts";
import { type Body, type ConnectionOptions, type Running, withoutUndefined } from "../command.ts";
import { ask, isTerminal } from "../confirm.ts";
import { ownPackage } from "../../util/package.ts";
import { DONE } from "../exit-codes.ts";
import { deploymentOptions } from "../source.ts";

export interface ScheduleCommandOptions extends ConnectionOptions {
  readonly folder?: string;
  readonly onCalendar?: string;
  readonly install?: boolean;
  readonly yes?: boolean;
}

export const scheduleRun: Body<ScheduleCommandOptions> = async (running, options, ...operands) => {
  // The last operand is the list of what stands after `--`.
  const [kind, ...extra] = (operands as (string | string[])[]).flat();
  const folder = resolve(options.folder ?? (await defaultFolder()));
  const found = await findDeployment(deploymentOptions(options, running));
  if (found?.shape === "environment" || found?.shape === "url")
    running.console.say(
      "warning",
      "the database is named by this shell's environment, which a timer does not have: put DATABASE_URL into a file of mode 0600 and pass --env-file",
    );
  const command = commandLine(folder, options, found, extra);
  if (kind === "cron") {
    if (options.install !== true) {
      running.console.result({ line: crontabLine(command) }, crontabLine(command));
      return DONE;
    }
    return install(running, options, folder, [crontabFile(command)], []);
  }
  const units = systemdUnits(
    withoutUndefined({
      command,
      writes: [folder, ...metricsFolder(extra)],
      onCalendar: options.onCalendar,
      docker: found?.shape === "compose",
    }),
  );
  if (options.install === true) {
    return install(running, options, folder, units, [
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", `${UNIT_NAME}.timer`],
    ]);
  }
  running.console.result(
    { files: units },
    units.map(({ path, text }) => `# ${path}\n${text}`).join("\n"),
  );
  return DONE;
};

/** Absolute paths throughout, of the compose file too: neither systemd nor cron has this shell's folder or PATH. */
function commandLine(
  folder: string,
  { databaseUrl, envFile, composeFile }: ScheduleCommandOptions,
  found: DetectedDeployment | null,
  extra: readonly string[],
): string[] {
  if (databaseUrl !== undefined) {
    throw new UsageError(
      "a connection string does not belong into a unit or a crontab: others can read it",
      {
        hint: "put DATABASE_URL into a file of mode 0600 and pass --env-file",
      },
    );
  }
  // The package's own folder has no symbolic links in its name, so this outlives the link in a bin folder.
  const program = join(ownPackage().folder, "dist", "cli", "main.js");
  const stack = composeFile ?? found?.composeFile ?? null;
  const files = [
    ...(envFile === undefined ? [] : ["--env-file", resolve(envFile)]),
    ...(stack === null ? [] : ["--compose-file", resolve(stack)]),
  ];
  // The two dashes: Node.js 20 takes --env-file for its own wherever it stands, and would read the file its own way.
  return [process.execPath, "--", program, "backup", folder, ...files, ...extra];
}

function metricsFolder(extra: readonly string[]): string[] {
  const at = extra.findIndex(
    (word) => word === "--metrics-file" || word.startsWith("--metrics-file="),
  );
  if (at < 0) return [];
  const word = extra[at]!;
  const path = word.includes("=") ? word.slice(word.indexOf("=") + 1) : extra[at + 1];
  if (path === undefined) throw new UsageError("--metrics-file takes a path");
  return [dirname(resolve(path))];
}

async function install(
  { io, console, signal }: Running,
  { yes = false }: ScheduleCommandOptions,
  folder: string,
  files: readonly ScheduleFile[],
  commands: readonly (readonly [string, ...string[]])[],
): Promise<number> {
  const steps = [
    `make the folder ${folder}`,
    ...files.map(({ path }) => `write ${path}`),
    ...commands.map((words) => `run ${words.join(" ")}`),
  ];
  for (const step of steps) console.say("info", `will ${step}`);
  const agreed = yes || (isTerminal(io) && (await ask(io, "Type yes to do this: ", "yes", signal)));
  if (!agreed) {
    throw new RefusedError("NOT_CONFIRMED", "not confirmed: nothing was installed", {
      hint: "answer yes when asked, or pass --yes",
    });
  }
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
  console.result(
    { installed: files.map(({ path }) => path) },
    `installed ${files.map(({ path }) => path).join(" and ")}`,
  );
  return DONE;
}

async function runCommand(program: string, words: string[]): Promise<void> {
  try {
    await promisify(execFile)(program, words, { timeout: 60_000 });
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    throw new OutputError(`${program} ${words.join(" ")} failed: ${stderr?.trim() || message}`, {
      hint: "the files are written; finish by hand",
      cause,
    });
  }
}
