/** The body of `copy`. */
import { UsageError } from "../../errors.ts";
import { isBackupFolder } from "../../nexushub/backup-folder/is-folder.ts";
import { copyArchive } from "../../nexushub/copy/copy-archive.ts";
import { copyBackups } from "../../nexushub/copy/copy-backups.ts";
import type { CopyResult } from "../../nexushub/copy/options.ts";
import { isStoreAddress } from "../../store/address.ts";
import { formatBytes, formatDuration, plural } from "../../util/format.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { identitiesOf } from "../archive-operand.ts";
import type { Line } from "../color.ts";
import { coloredTable } from "../colored-table.ts";
import type { Body } from "../command.ts";
import { DONE, EXIT_CODES } from "../exit-codes.ts";
import { showProgress } from "../progress.ts";
import { type StoreCommandOptions, withWritingOptions } from "../store-options.ts";

export interface CopyCommandOptions extends StoreCommandOptions {
  readonly newest?: number;
  readonly identity?: string[];
  readonly passphraseFile?: string;
}

export const copyRun: Body<CopyCommandOptions> = async (context, options, ...operands) => {
  const { console, signal } = context;
  const [from, to] = placesOf(operands as [string, string], options);
  const copyOptions = withoutUndefined({
    identities: await identitiesOf(options),
    signal,
    onProgress: showProgress(console),
    onArchive: (name: string) => console.say("info", `copying ${name}`),
  });
  const { newest } = options;
  const isFolder = await isBackupFolder(from);
  if (!isFolder && newest !== undefined)
    throw new UsageError("--newest is for a folder of backups, and not for an archive");
  const result = isFolder
    ? await copyBackups(from, to, withoutUndefined({ ...copyOptions, newest }))
    : await copyArchive(from, to, copyOptions);
  console.result(result, linesOf(result));
  const failure = result.archives.find(({ code }) => code !== null)?.code ?? null;
  return failure === null ? DONE : EXIT_CODES[failure];
};

/** The rate is that of the way to the target, or of the way from the source when only that is a store. */
function placesOf(
  [from, to]: [string, string],
  options: StoreCommandOptions,
): [from: string, to: string] {
  const isDownload = isStoreAddress(from) && !isStoreAddress(to);
  const { limitRate, ...locks } = options;
  return isDownload
    ? [
        withWritingOptions(from, limitRate === undefined ? {} : { limitRate }),
        withWritingOptions(to, locks),
      ]
    : [from, withWritingOptions(to, options)];
}

function linesOf({ from, to, archives, ...result }: CopyResult): Line[] {
  const rows = archives.map(({ name, state, message }) => [
    state === "failed" ? ({ tone: "bad", colored: "FAILED" } as const) : state,
    name,
    message ?? "",
  ]);
  const others = [
    ...(result.present === 0 ? [] : [`${result.present} there already`]),
    ...(result.failed === 0 ? [] : [`${result.failed} FAILED`]),
  ].map((text) => `, ${text}`);
  const summary = `${from} to ${to}: ${plural(result.copied, "archive")} copied and verified${others.join("")}, ${formatBytes(result.archiveBytes)} in ${formatDuration(result.elapsedMs)}`;
  return rows.length === 0
    ? [summary]
    : [...coloredTable(["", "archive", "what is wrong"], rows), "", summary];
}
