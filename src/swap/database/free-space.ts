/**
 * How much the disk has free on which a new database would lie. No function of PostgreSQL tells; the file system does, where
 * the server runs on this host and the login and this process may look. Everywhere else it is not known.
 */
import { readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Connection } from "../../pg/connection.ts";

/** Where a server keeps its files, as it says itself. */
export interface ServerFolder {
  /** Null where the login may not read the setting. */
  readonly folder: string | null;
  /** Of the tablespace; empty for the folder itself. */
  readonly location: string;
  readonly port: number;
  /** When the server was started, in seconds since 1970. */
  readonly started: number;
}

/** A server takes a moment between the start that its file has and the one that it tells. */
const START_SECONDS = 60;

/** @returns bytes for another database in the tablespace of this one; null where they are not known. */
export async function readFreeBytes(
  connection: Connection,
  databaseOid: number,
): Promise<number | null> {
  const [server] = await connection.query<ServerFolder>(`
    SELECT (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory') AS folder,
           pg_catalog.pg_tablespace_location(t.oid) AS location,
           pg_catalog.current_setting('port')::pg_catalog.int4 AS port,
           pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time()) AS started
    FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON t.oid = d.dattablespace
    WHERE d.oid = ${databaseOid}`);
  const { folder, location } = server!;
  if (folder === null) return null;
  try {
    if (!isLockOf(await readFile(join(folder, "postmaster.pid"), "utf8"), server!)) return null;
    const { bavail, bsize } = await statfs(location || folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/**
 * Whether a lock file is that of the server: a folder of the same name on this host may be another one's, such as that of a
 * container. Pure.
 * @param text process, folder, start and port, each on a line (CreateLockFile(), src/backend/utils/init/miscinit.c).
 */
export function isLockOf(text: string, { folder, port, started }: ServerFolder): boolean {
  const [, lockedFolder, lockedStart, lockedPort] = text.split("\n");
  return (
    lockedFolder === folder &&
    Number(lockedPort) === port &&
    Math.abs(Number(lockedStart) - started) <= START_SECONDS
  );
}
