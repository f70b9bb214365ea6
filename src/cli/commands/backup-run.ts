/** The body of `backup`. Its last line says how it went: cron mails it. */
import { backup, type BackupResult } from "../../nexushub/backup/backup.ts";
import { type Body, type ConnectionOptions, withoutUndefined } from "../command.ts";
import { type EncryptionOptions, recipientsOf } from "../encryption.ts";
import { errorObject, errorText } from "../error-text.ts";
import { DONE, exitCodeOf } from "../exit-codes.ts";
import { formatBytes, formatCount, formatDuration, plural } from "../../util/format.ts";
import { showProgress } from "../progress.ts";
import { policyOf, type RetentionOptions } from "../retention-options.ts";
import { deploymentOptions } from "../source.ts";

export interface BackupCommandOptions
  extends ConnectionOptions, EncryptionOptions, RetentionOptions {
  readonly compression?: string;
  readonly jobs?: number;
  readonly metricsFile?: string;
  readonly dryRun?: boolean;
}

export const backupRun: Body<BackupCommandOptions> = async (running, options, folder) => {
  const { console, io, signal } = running;
  try {
    const result = await backup(
      withoutUndefined({
        ...deploymentOptions(options, running),
        folder,
        retention: policyOf(options),
        encryptTo: await recipientsOf(options),
        compression: options.compression,
        jobs: options.jobs,
        metricsFile: options.metricsFile,
        dryRun: options.dryRun,
        signal,
        onProgress: showProgress(console),
      }),
    );
    for (const line of [...result.deployment.why, ...keyLine(result)]) console.say("info", line);
    for (const note of result.deployment.notes) console.say("warning", note);
    for (const { name, action, reason } of result.retention)
      if (action === "remove")
        console.say("info", `${result.dryRun ? "would remove" : "removed"} ${name}: ${reason}`);
    console.result(result, summary(result));
    return DONE;
  } catch (error) {
    // Not left to the runner: after the reason comes the line that a mail is read for.
    console.say("error", errorText(error), errorObject(error));
    if (options.json === true) console.result({ error: errorObject(error) }, "");
    if (options.debug === true && error instanceof Error) io.stderr.write(`${error.stack ?? ""}\n`);
    console.say(
      "error",
      "BACKUP FAILED: no new backup was made, and those that were there are untouched",
    );
    return exitCodeOf(error);
  }
};

function keyLine({ key, fingerprint }: BackupResult): string[] {
  if (key === "fits") return ["the key at hand opens the sealed values that were tried"];
  return fingerprint ? [] : ["the archive carries no fingerprint of the key"];
}

function summary({
  path,
  bytes,
  rows,
  dryRun,
  encrypted,
  archives,
  removed,
  warnings,
  elapsedMs,
}: BackupResult): string {
  const warned = warnings.length === 0 ? "" : `; ${plural(warnings.length, "WARNING")}, see above`;
  const kept = `${plural(archives, "backup")} kept, ${removed.length} removed`;
  if (dryRun)
    return `dry run: would write ${path}, about ${formatBytes(bytes)}; ${kept.replace("kept", "would be kept")}${warned}`;
  const sealed = encrypted ? ", encrypted" : "";
  return `backup done: ${path}, ${formatCount(rows)} rows, ${formatBytes(bytes)}${sealed}, verified, in ${formatDuration(elapsedMs)}; ${kept}${warned}`;
}
