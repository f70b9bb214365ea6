/** Estimates the size of the next backup and checks the free space before it begins. */
import { IN_USER_SCHEMA } from "../../catalog/user-schema.ts";
import { OutputError } from "../../errors.ts";
import type { Ledger } from "../backup-folder/ledger.ts";
import type { Connection } from "../../pg/connection.ts";
import { openFolder } from "../../store/open-folder.ts";
import { formatBytes } from "../../util/format.ts";

/** Allowance for the growth since the last backup. */
const GROWTH = 1.25;
/** For a first backup: compressed rows take less than half of the server's files. */
const SHARE_OF_TABLES = 0.5;
/** For the archive's own entries, however empty the database is. */
const MIN_BYTES = 64 * 1024;

/**
 * Estimates the size of the next backup in bytes.
 * @param lastBytes size of the last backup of the same database; null when there is none.
 */
export async function estimateBytes(
  connection: Connection,
  lastBytes: number | null,
): Promise<number> {
  if (lastBytes !== null) return Math.max(MIN_BYTES, Math.ceil(lastBytes * GROWTH));
  const [row] = await connection.query<{ bytes: string }>(
    `SELECT COALESCE(sum(pg_catalog.pg_table_size(c.oid)), 0)::pg_catalog.text AS bytes
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND ${IN_USER_SCHEMA}`,
    { action: "read the size of the tables" },
  );
  return Math.max(MIN_BYTES, Math.ceil(Number(row!.bytes) * SHARE_OF_TABLES));
}

/**
 * The size of the last backup of a database; null when there is none.
 * @param isDifferential the next one will be: the last differential one says more than a full one.
 */
export function lastSize(
  { backups, successes }: Ledger,
  database: string,
  isDifferential: boolean,
): number | null {
  const names = Object.keys(backups)
    .filter((name) => backups[name]!.database === database)
    .toSorted();
  const isKind = (name: string): boolean => (backups[name]!.base !== null) === isDifferential;
  const newest = names.at(-1);
  const last = names.findLast(isKind);
  // The last success was the newest backup, which may have been removed.
  if (newest === last || last === undefined) return successes[database]?.archiveBytes ?? null;
  return backups[last]!.archiveBytes;
}

/** @throws OutputError only when there is not enough space. */
export async function requireSpace(folder: string, neededBytes: number): Promise<void> {
  const free = await (await openFolder(folder)).freeBytes();
  if (free === null || free >= neededBytes) return;
  throw new OutputError(
    `not enough space for a backup: it needs about ${formatBytes(neededBytes)}, and ${formatBytes(free)} are free`,
    {
      object: folder,
      hint: "free some space, back up into another folder, or keep fewer backups (--keep)",
    },
  );
}
