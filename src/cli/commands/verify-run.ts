/** The body of `verify`. */
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { diff } from "../../diff/diff.ts";
import { UsageError } from "../../errors.ts";
import { verifyPlain } from "../../plain/inspect-plain.ts";
import { formatBytes, formatDuration, plural } from "../../util/format.ts";
import { verify } from "../../verify/verify.ts";
import { isBackupFolder } from "../../nexushub/backup-folder/is-folder.ts";
import type { Line } from "../color.ts";
import type { Body, CommandContext } from "../command.ts";
import { diffLines } from "../diff-text.ts";
import { DONE, FAILED } from "../exit-codes.ts";
import { withOperand } from "../plain-operand.ts";
import { showProgress } from "../progress.ts";
import { type VerifyCommandOptions, verifyFolderRun } from "./verify-folder-run.ts";

export const verifyRun: Body<VerifyCommandOptions> = async (context, options, file) => {
  const { against } = options;
  if (file !== undefined && file !== "-" && (await isBackupFolder(file)))
    return verifyFolderRun(context, options, file);
  if (options.newest !== undefined || options.leastRecentlyChecked !== undefined)
    throw new UsageError("--newest and --least-recently-checked are for folders of backups");
  if (against !== undefined && file === "-") {
    throw new UsageError("an archive from standard input can be read only once", {
      hint: "write it to a file to compare it with a database",
    });
  }
  return withOperand(context, file, options, ({ archive, isPlain }) =>
    isPlain ? verifyDump(context, options, archive) : verifyArchive(context, options, archive),
  );
};

async function verifyDump(
  { console, signal }: CommandContext,
  { against }: VerifyCommandOptions,
  dump: ArchiveOrigin,
): Promise<number> {
  if (against !== undefined) {
    throw new UsageError("a plain dump cannot be compared with a database", {
      hint: "restore it into an empty one, and compare that one: nexushub-dump diff A B",
    });
  }
  const contents = await verifyPlain(dump, { signal, onProgress: showProgress(console) });
  const text = ` a plain dump of ${plural(contents.rows, "row")}, ${formatBytes(contents.fileBytes)}; it holds no checksums to compare`;
  console.result(contents, [{ tone: "good", verdict: "complete:", text }]);
  return DONE;
}

async function verifyArchive(
  { console, signal }: CommandContext,
  { against }: VerifyCommandOptions,
  archive: ArchiveOrigin,
): Promise<number> {
  const onProgress = showProgress(console);
  const verified = await verify(archive, { signal, onProgress });
  const text = ` ${plural(verified.entries, "entry", "entries")}, ${plural(verified.rows, "row")}, ${formatBytes(verified.archiveBytes)}, verified in ${formatDuration(verified.elapsedMs)}`;
  const intact: Line = { tone: "good", verdict: "intact:", text };
  if (against === undefined) {
    console.result(verified, [intact]);
    return DONE;
  }
  const differences = await diff(archive, { database: against }, { signal, onProgress });
  console.result({ ...verified, against: differences }, [intact, ...diffLines(differences)]);
  return differences.equal ? DONE : FAILED;
}
