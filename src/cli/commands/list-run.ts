/** The body of `list`. */
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import { type ListedBackup, listFolder } from "../../nexushub/list/list.ts";
import { formatBytes, formatCount, formatTable, plural } from "../../util/format.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { identitiesOf } from "../archive-operand.ts";
import type { Body } from "../command.ts";
import { DONE } from "../exit-codes.ts";
import { policyOf, type RetentionOptions } from "../retention-options.ts";

interface ListCommandOptions extends RetentionOptions {
  readonly identity?: string[];
}

const HEADS = [
  "time (UTC)",
  "database",
  "rows",
  "size",
  "growth",
  "verified",
  "drilled",
  "",
  "kept",
];

export const listRun: Body<ListCommandOptions> = async ({ console, signal }, options, folder) => {
  const result = await listFolder(
    folder ?? (await defaultFolder()),
    withoutUndefined({
      retention: policyOf(options),
      identities: await identitiesOf(options),
      signal,
    }),
  );
  for (const { message } of result.warnings) console.say("warning", message);
  const { backups, archiveBytes } = result;
  const summary = `${plural(backups.length, "backup")} in ${result.folder}, ${formatBytes(archiveBytes)}`;
  const table = formatTable(HEADS, backups.map(cells));
  console.result(result, backups.length === 0 ? summary : `${table}\n\n${summary}`);
  return DONE;
};

function cells(backup: ListedBackup): string[] {
  const { database, host, rows, archiveBytes, growthBytes, verifiedAt, drill } = backup;
  return [
    minute(backup.at),
    `${database ?? "?"}${host === null ? "" : ` on ${host}`}`,
    rows === null ? "?" : formatCount(rows),
    formatBytes(archiveBytes),
    growthBytes === null ? "" : signed(growthBytes),
    backup.damagedAt !== null ? "DAMAGED" : verifiedAt === null ? "never" : minute(verifiedAt),
    drill === null ? "" : `${drill.ok ? "passed" : "FAILED"} ${minute(drill.at)}`,
    notes(backup),
    `${backup.action === "keep" ? "" : "would be removed: "}${backup.reasons.join("; ")}`,
  ];
}

function notes({ differential, base, encrypted, partial, held }: ListedBackup): string {
  const words = [
    ...(differential ? [`differential of ${base ?? "a MISSING one"}`] : []),
    ...(encrypted ? ["encrypted"] : []),
    ...(partial === true ? ["partial"] : []),
    ...(held ? ["held"] : []),
  ];
  return words.join(", ");
}

const minute = (iso: string): string => iso.slice(0, 16).replace("T", " ");
const signed = (bytes: number): string => `${bytes < 0 ? "-" : "+"}${formatBytes(Math.abs(bytes))}`;
