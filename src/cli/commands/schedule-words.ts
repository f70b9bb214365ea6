/** The options of a backup or a drill that a schedule repeats, checked so that a mistake does not wait for the night. */
import { access, constants, stat } from "node:fs/promises";
import { dirname, isAbsolute } from "node:path";
import { Command } from "commander";
import { UsageError } from "../../errors.ts";
import { checkBackupOptions } from "../../nexushub/backup/backup.ts";
import { frequentOptions } from "../../nexushub/schedule/interval.ts";
import { isStoreAddress } from "../../store/address.ts";
import type { ScheduledTask } from "../../nexushub/schedule/schedule-file.ts";
import { recipientsOf, signKeyOf } from "../encryption.ts";
import { identitiesOf } from "../archive-operand.ts";
import { type NotifyCommandOptions, notifyOptionsIn, notifyWords } from "../notify-options.ts";
import { createRegistry, SILENT } from "../registry.ts";
import { policyOf } from "../retention-options.ts";
import { addBackup } from "./backup.ts";
import type { BackupCommandOptions } from "./backup-run.ts";
import { addDrill } from "./drill.ts";
import type { DrillCommandOptions } from "./drill-run.ts";
import { systemReason } from "../../util/system-reason.ts";

/** What a schedule needs to know of the options that it repeats. */
export interface ScheduledOptions {
  /** Files that the command writes. */
  readonly writes: readonly string[];
  /** Folders that it writes into, beside that of the backups. */
  readonly folders: readonly string[];
  /** The options of notifications, for the unit that systemd starts after a kill. */
  readonly notifyWords: readonly string[];
  /** Options that the command gets in addition. */
  readonly added: readonly string[];
}

/** @throws UsageError for an option that does not exist, has no sense, or names a file that is not there. */
export async function checkScheduled(
  task: ScheduledTask,
  words: readonly string[],
  { every, config }: { readonly every?: number | undefined; readonly config?: string | undefined },
): Promise<ScheduledOptions> {
  const named = config === undefined ? [] : ["--config", config];
  const parsed = await parse(task, [...named, ...words]);
  await refuseWrongFiles(parsed);
  const { metricsFile, html, junit, differential = false, reuse } = parsed;
  const files = { "--metrics-file": metricsFile, "--html": html, "--junit": junit };
  const writes: string[] = [];
  for (const [option, path] of Object.entries(files)) {
    if (path === undefined) continue;
    await refuseNoFolder(option, path);
    writes.push(path);
  }
  if (task === "backup")
    checkBackupOptions({
      metricsFile,
      differential,
      reuse,
      retention: policyOf(parsed),
      copyTo: parsed.copyTo,
      copyRetention: parsed.copyKeep,
    });
  const folders = await foldersOfCopies(parsed);
  const hasRetention = Object.keys(policyOf(parsed)).length > 0;
  const frequent =
    every === undefined || task === "drill"
      ? []
      : frequentOptions(every, { isDifferential: differential, hasRetention });
  // A run that was missed is made up for at the next boot, when the server may not be up yet.
  const waiting = task === "drill" || parsed.wait !== undefined ? [] : ["--wait", "10m"];
  const isNotified = notifyWords(parsed).length > 0;
  // A unit can be read by others: what the configuration says stays there.
  const ofUnit = [...named, ...notifyWords(notifyOptionsIn(words))];
  return {
    writes,
    folders,
    notifyWords: isNotified ? ofUnit : [],
    added: [...frequent, ...waiting],
  };
}

type ParsedOptions = BackupCommandOptions & DrillCommandOptions & NotifyCommandOptions;

async function parse(task: ScheduledTask, words: readonly string[]): Promise<ParsedOptions> {
  let parsed: ParsedOptions = {};
  const program = new Command();
  const registry = createRegistry(program, SILENT, async (_load, options) => {
    parsed = options as ParsedOptions;
  });
  if (task === "backup") addBackup(registry);
  else addDrill(registry);
  try {
    await program.parseAsync([task, ...words], { from: "user" });
  } catch (error) {
    const message = (error as Error).message.replace(/^error: /, "");
    throw new UsageError(`options of the ${task}: ${message}`, {
      hint: `nexushub-dump ${task} --help lists them`,
    });
  }
  return parsed;
}

/** Reads each file that the command would read, as the command would. */
async function refuseWrongFiles(options: ParsedOptions): Promise<void> {
  const { identity = [], recipientsFile = [], verifyKey = [] } = options;
  const single = [options.passphraseFile, options.signKey].filter((each) => each !== undefined);
  for (const path of [...identity, ...recipientsFile, ...verifyKey, ...single]) {
    if (!isAbsolute(path))
      throw new UsageError(`not an absolute path: ${path}: a timer has no current folder`);
    await access(path, constants.R_OK).catch((cause: unknown) => {
      throw new UsageError(`cannot read ${path}: ${systemReason(cause)}`, { object: path, cause });
    });
  }
  await signKeyOf(options);
  await recipientsOf(options);
  await identitiesOf(options);
}

/** systemd starts no unit that may write into a folder that is not there. */
async function foldersOfCopies({ copyTo }: ParsedOptions): Promise<string[]> {
  if (copyTo === undefined || isStoreAddress(copyTo)) return [];
  if (!isAbsolute(copyTo))
    throw new UsageError("--copy-to must be an absolute path: a timer has no current folder");
  const stats = await stat(copyTo).catch(() => null);
  if (stats?.isDirectory() === true) return [copyTo];
  throw new UsageError(`the folder of the copies does not exist: ${copyTo}`, {
    object: copyTo,
    hint: `mount it, or create it first: mkdir -p ${copyTo}`,
  });
}

async function refuseNoFolder(option: string, path: string): Promise<void> {
  if (!isAbsolute(path))
    throw new UsageError(`${option} must be an absolute path: a timer has no current folder`);
  const stats = await stat(dirname(path)).catch(() => null);
  if (stats?.isDirectory() === true) return;
  throw new UsageError(`the folder of ${path} does not exist`, {
    object: path,
    hint: `create it first: mkdir -p ${dirname(path)}`,
  });
}
