/** The body of `backup`. Its last line says how it ended: cron mails it. */
import { backup } from "../../nexushub/backup/backup.ts";
import { recordEarlyFailure } from "../../nexushub/backup/record.ts";
import { UsageError } from "../../errors.ts";
import type {
  BackupCopy,
  BackupOptions,
  BackupResult,
  WhyFull,
} from "../../nexushub/backup/options.ts";
import { formatBytes, formatCount, formatDuration, plural } from "../../util/format.ts";
import type { Body, CommandContext, ConnectionOptions } from "../command.ts";
import {
  type EncryptionOptions,
  recipientsOf,
  type SigningOptions,
  signKeyOf,
} from "../encryption.ts";
import { DONE } from "../exit-codes.ts";
import type { RetentionPolicy } from "../../nexushub/retention/decide.ts";
import { isStoreAddress } from "../../store/address.ts";
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { type StoreCommandOptions, withWritingOptions } from "../store-options.ts";
import { showProgress } from "../progress.ts";
import { interruptedBy, reportError } from "../report-error.ts";
import { policyOf, type RetentionOptions } from "../retention-options.ts";
import { identitiesOf, verifyKeysOf } from "../archive-operand.ts";
import { reuseText } from "../reuse-text.ts";
import { deploymentOptions, waitForServer } from "../source.ts";

export interface BackupCommandOptions
  extends
    ConnectionOptions,
    EncryptionOptions,
    SigningOptions,
    RetentionOptions,
    StoreCommandOptions {
  readonly compression?: string;
  readonly jobs?: number;
  readonly roles?: boolean;
  readonly prove?: boolean;
  readonly into?: string;
  readonly reuse?: boolean;
  readonly differential?: boolean;
  /** Milliseconds. */
  readonly fullEvery?: number;
  readonly identity?: string[];
  readonly verifyKey?: string[];
  readonly metricsFile?: string;
  readonly copyTo?: string;
  readonly copyKeep?: RetentionPolicy;
  readonly dryRun?: boolean;
}

export const backupRun: Body<BackupCommandOptions> = async (context, options, folder) => {
  const { console } = context;
  let complete: string | undefined;
  const onCopy = (path: string): void => {
    complete = path;
    console.say("info", `${path} is complete, and copied to ${options.copyTo}`);
  };
  try {
    const backupOptions = await backupOptionsOf(context, options, folder).catch(
      async (error: unknown) => {
        await recordEarlyFailure({ ...options, folder });
        throw error;
      },
    );
    const result = await backup({ ...backupOptions, onCopy });
    for (const line of [
      ...result.deployment.why,
      ...keyLine(result),
      ...fullLine(result),
      ...reuseLine(result),
    ])
      console.say("info", line);
    for (const message of result.deployment.notes) console.say("warning", message);
    for (const { name, action, reason } of result.decisions)
      if (action === "remove")
        console.say("info", `${result.dryRun ? "would remove" : "removed"} ${name}: ${reason}`);
    console.result(result, summary(result));
    return DONE;
  } catch (error) {
    const code = reportError(console, interruptedBy(context.signal, error), options);
    console.say("error", failureLine(complete));
    return code;
  }
};

/** The last line of a failure. @param complete the backup that was made; undefined when there is none. */
function failureLine(complete: string | undefined): string {
  return complete === undefined
    ? "BACKUP FAILED: no new backup was written, existing ones are unchanged"
    : `COPY FAILED: the new backup is complete (${complete}), the next run copies what is missing`;
}

/** @throws UsageError for options that make no sense, and for files of keys that cannot be read. */
async function backupOptionsOf(
  context: CommandContext,
  options: BackupCommandOptions,
  folder: string | undefined,
): Promise<BackupOptions> {
  if (options.fullEvery !== undefined && options.differential !== true)
    throw new UsageError("--full-every is for --differential: other backups are always full");
  await waitForServer(options, context);
  return withoutUndefined({
    ...deploymentOptions(options, context),
    ...(await writingFolders(folder, options)),
    copyRetention: options.copyKeep,
    retention: policyOf(options),
    encryptTo: await recipientsOf(options),
    signKey: await signKeyOf(options),
    verifyKeys: await verifyKeysOf(options),
    compression: options.compression,
    jobs: options.jobs,
    roles: options.roles,
    prove: options.prove,
    into: options.into,
    reuse: options.reuse,
    differential: options.differential,
    fullEveryMs: options.fullEvery,
    identities: await identitiesOf(options),
    metricsFile: options.metricsFile,
    dryRun: options.dryRun,
    signal: context.signal,
    onProgress: showProgress(context.console),
  });
}

/** The options for writing are for those of the two folders that are in object stores. */
async function writingFolders(
  folder: string | undefined,
  options: BackupCommandOptions,
): Promise<Pick<BackupOptions, "folder" | "copyTo">> {
  const { copyTo } = options;
  if (copyTo === undefined || !isStoreAddress(copyTo))
    return { folder: await writingFolder(folder, options), copyTo };
  const isInStore = folder !== undefined && isStoreAddress(folder);
  return {
    folder: isInStore ? withWritingOptions(folder, options) : folder,
    copyTo: withWritingOptions(copyTo, options),
  };
}

/** The folder with the options for writing there; undefined leaves the choice to the backup. */
async function writingFolder(
  folder: string | undefined,
  options: StoreCommandOptions,
): Promise<string | undefined> {
  const hasNone = (options.limitRate ?? options.lockDays ?? options.lockMode) === undefined;
  if (folder === undefined && hasNone) return undefined;
  return withWritingOptions(folder ?? (await defaultFolder()), options);
}

function keyLine({ key, fingerprint }: BackupResult): string[] {
  if (key === "fits") return ["the sealing key on this host opens the sampled sealed values"];
  return fingerprint ? [] : ["the archive has no fingerprint of the sealing key"];
}

const WHY_FULL: Readonly<Record<WhyFull, string>> = {
  "no-base": "there is no full backup to refer to",
  due: "the newest full one is old enough for another one",
  "nothing-unchanged": "nothing could be left in the newest full one",
};

function fullLine({ whyFull }: BackupResult): string[] {
  return whyFull === null ? [] : [`a full backup and no differential one: ${WHY_FULL[whyFull]}`];
}

function reuseLine({ reuse, reuseSkipped, base }: BackupResult): string[] {
  if (base !== null && reuse !== null)
    return [
      `differential: ${plural(reuse.reusedRows, "row")} ${reuse.reusedRows === 1 ? "is" : "are"} in ${base}, read ${formatCount(reuse.readRows)} (${formatBytes(reuse.readBytes)} as text)`,
    ];
  if (reuseSkipped === "encrypted")
    return ["all rows were read: --identity opens the newest backup, which is encrypted"];
  if (reuseSkipped === "other-key")
    return ["all rows were read: the newest backup was not made with this host's sealing key"];
  return reuse === null ? [] : [`${reuse.archive}: ${reuseText(reuse)}`];
}

function summary(result: BackupResult): string {
  const { path, archiveBytes, rows, archives, removed, copy, warnings } = result;
  const warned = warnings.length === 0 ? "" : `; ${plural(warnings.length, "WARNING")}, see above`;
  const kept = plural(archives, "backup");
  if (result.dryRun)
    return `dry run: would write ${path}, about ${formatBytes(archiveBytes)}; ${kept} would be kept, ${removed.length} removed${copy === null ? "" : `; ${plural(copy.copied.length, "backup")} would be copied to ${copy.to}`}${warned}`;
  const encrypted = result.encrypted ? ", encrypted" : "";
  return `backup done: ${path}, ${plural(rows, "row")}, ${formatBytes(archiveBytes)}${encrypted}, verified, in ${formatDuration(result.elapsedMs)}; ${kept} kept, ${removed.length} removed${copyText(copy)}${warned}`;
}

function copyText(copy: BackupCopy | null): string {
  if (copy === null) return "";
  const { to, copied, archives, removed } = copy;
  return `; ${plural(copied.length, "backup")} copied to ${to}, ${archives} kept there, ${removed.length} removed`;
}
