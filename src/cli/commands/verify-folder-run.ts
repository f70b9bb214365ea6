/** The body of `verify` of a folder. */
import type { Line } from "../color.ts";
import { UsageError } from "../../errors.ts";
import { verifyFolder } from "../../nexushub/verify-folder/verify-folder.ts";
import { formatDuration, plural } from "../../util/format.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { identitiesOf, verifyKeysOf } from "../archive-operand.ts";
import { coloredTable } from "../colored-table.ts";
import type { CommandContext } from "../command.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DAMAGED, DONE } from "../exit-codes.ts";
import { showProgress } from "../progress.ts";

/** Options of `verify`, of an archive and of a folder. */
export interface VerifyCommandOptions extends DecryptionOptions {
  readonly against?: string;
  readonly newest?: number;
  readonly leastRecentlyChecked?: number;
}

export async function verifyFolderRun(
  { console, signal }: CommandContext,
  options: VerifyCommandOptions,
  folder: string,
): Promise<number> {
  if (options.against !== undefined)
    throw new UsageError("--against compares one archive with a database: name a file");
  const result = await verifyFolder(
    folder,
    withoutUndefined({
      newest: options.newest,
      leastRecentlyChecked: options.leastRecentlyChecked,
      identities: await identitiesOf(options),
      verifyKeys: await verifyKeysOf(options),
      signal,
      onProgress: showProgress(console),
      onBackup: (name: string) => console.say("info", `verifying ${name}`),
    }),
  );
  for (const { message } of result.warnings) console.say("warning", message);
  const { intact, damaged, skipped } = result;
  const rows = result.backups.map(({ name, state, message }) => [
    state === "damaged" ? ({ tone: "bad", colored: "DAMAGED" } as const) : state,
    name,
    message ?? "",
  ]);
  const others = [
    ...(damaged === 0 ? [] : [`${damaged} DAMAGED`]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
  ].map((text) => `, ${text}`);
  const verdict = `${plural(intact, "backup")} intact${others.join("")}`;
  const text = `, verified in ${formatDuration(result.elapsedMs)}`;
  const table = coloredTable(["", "backup", "what is wrong"], rows);
  const summary: Line = { tone: damaged === 0 ? "good" : "bad", verdict, text };
  console.result(result, rows.length === 0 ? [summary] : [...table, "", summary]);
  return damaged === 0 ? DONE : DAMAGED;
}
