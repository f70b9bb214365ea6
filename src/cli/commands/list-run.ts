/** The body of `list`. */
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import { type ListedBackup, listFolder } from "../../nexushub/list/list.ts";
import { databaseText, drillText } from "../../nexushub/list/listed-text.ts";
import { formatBytes, formatCount, minute, plural } from "../../util/format.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { identitiesOf } from "../archive-operand.ts";
import { type Cell, coloredTable } from "../colored-table.ts";
import type { Body } from "../command.ts";
import { DONE } from "../exit-codes.ts";
import { policyOf, type RetentionOptions } from "../retention-options.ts";
import { type KeptDatabasesOptions, listDatabases } from "./kept-databases.ts";

interface ListCommandOptions extends RetentionOptions, KeptDatabasesOptions {
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

export const listRun: Body<ListCommandOptions> = async (context, options, folder) => {
  if (options.databases === true) return listDatabases(context, options);
  const { console, signal } = context;
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
  const table = coloredTable(HEADS, backups.map(cells));
  console.result(result, backups.length === 0 ? summary : [...table, "", summary]);
  return DONE;
};

function cells(backup: ListedBackup): Cell[] {
  const { rows, archiveBytes, growthBytes } = backup;
  return [
    minute(backup.at),
    databaseText(backup),
    rows === null ? "?" : formatCount(rows),
    formatBytes(archiveBytes),
    growthBytes === null ? "" : signed(growthBytes),
    verifiedCell(backup),
    drillCell(backup),
    notesCell(backup),
    `${backup.action === "keep" ? "" : "would be removed: "}${backup.reasons.join("; ")}`,
  ];
}

function verifiedCell({ damagedAt, verifiedAt }: ListedBackup): Cell {
  if (damagedAt !== null) return { tone: "bad", colored: "DAMAGED" };
  if (verifiedAt === null) return { tone: "doubtful", colored: "never" };
  return minute(verifiedAt);
}

function drillCell(backup: ListedBackup): Cell {
  const colored = drillText(backup);
  if (backup.drill === null) return colored;
  return { tone: backup.drill.ok ? "good" : "bad", colored };
}

/** A differential backup without its base is of no use. */
function notesCell(backup: ListedBackup): Cell {
  const text = notes(backup);
  const isUseless = backup.differential && backup.base === null;
  return isUseless ? { tone: "bad", colored: text } : text;
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

const signed = (bytes: number): string => `${bytes < 0 ? "-" : "+"}${formatBytes(Math.abs(bytes))}`;
