/** Is there room for the next backup? Asked before it begins, because a disk that is full at three at night stays full. */
import { statfs } from "node:fs/promises";
import { OutputError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import { formatBytes } from "../../util/format.ts";
import { IN_USER_SCHEMA } from "../../catalog/user-schema.ts";

/** The last backup's size grows a little from night to night. */
const GROWTH = 1.25;
/** A first backup: rows as compressed text take less than half of what the server's files take. */
const SHARE_OF_TABLES = 0.5;
/** Room for the archive's own parts, however empty the database. */
const LEAST_BYTES = 64 * 1024;

/** What the next backup will take, about, in bytes. */
export async function estimateBytes(
  connection: Connection,
  lastBytes: number | null,
): Promise<number> {
  if (lastBytes !== null) return Math.max(LEAST_BYTES, Math.ceil(lastBytes * GROWTH));
  const [row] = await connection.query<{ bytes: string }>(
    `SELECT COALESCE(sum(pg_catalog.pg_table_size(c.oid)), 0)::pg_catalog.text AS bytes
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND ${IN_USER_SCHEMA}`,
    { action: "ask for the size of the tables" },
  );
  return Math.max(LEAST_BYTES, Math.ceil(Number(row!.bytes) * SHARE_OF_TABLES));
}

/** Bytes that this user may still write into a folder; null when the system does not tell. */
export async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** @throws OutputError only when there is too little room. */
export function requireSpace(folder: string, needed: number, free: number | null): void {
  if (free === null || free >= needed) return;
  throw new OutputError(
    `not enough room for a backup: about ${formatBytes(needed)} are needed, ${formatBytes(free)} are free`,
    {
      object: folder,
      hint: "free some space, back up into another folder, or keep fewer backups (--keep)",
    },
  );
}
