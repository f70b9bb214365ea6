/**
 * Identifies the database of a backup, so that backups of different databases in one folder never count for each other:
 * the server's system identifier and the database's name. It stays the same when the host, its address or the database's
 * oid changes, and differs for any two databases that exist at the same time. Where the server does not tell its identifier, the
 * address at which it was reached stands for it.
 */
import { hostname } from "node:os";
import type { Manifest } from "../../archive/format/manifest.ts";
import { isNexushubDumpError } from "../../errors.ts";
import type { Connector, ReachedServer } from "../../pg/connect.ts";
import type { Connection } from "../../pg/connection.ts";

/** @throws ServerError or ConnectionError only when the server does not answer. */
export async function readDatabaseIdentity(
  connection: Connection,
  { server }: Pick<Connector, "server">,
): Promise<string> {
  const action = "identify the database";
  const [database] = await connection.query<{ name: string }>(
    "SELECT pg_catalog.current_database() AS name",
    { action },
  );
  const identifier = await readSystemIdentifier(connection, action);
  return `${identifier ?? addressOf(server)}/${database!.name}`;
}

async function readSystemIdentifier(
  connection: Connection,
  action: string,
): Promise<string | null> {
  try {
    const [row] = await connection.query<{ id: string }>(
      "SELECT system_identifier::pg_catalog.text AS id FROM pg_catalog.pg_control_system()",
      { action },
    );
    return row?.id ?? null;
  } catch (error) {
    // Some providers let only superusers call the function.
    if (isNexushubDumpError(error) && error.code === "PERMISSION") return null;
    throw error;
  }
}

const LOCAL = /^(?:\/|@|localhost$|127\.|::1$)/;

/** A server on this machine has the same address as one on any other: the machine's name tells them apart. */
function addressOf({ host, port }: ReachedServer): string {
  return `server at ${LOCAL.test(host) ? hostname() : host}:${port}`;
}

/** Of an archive that records no server, as with --reproducible. */
const UNKNOWN_SERVER = "unknown server";
/** Of an archive whose server did not tell its identifier. */
const SILENT_SERVER = "silent server";

/**
 * Returns the identity that `readDatabaseIdentity` gave when the archive was written, if its server has an identifier; else one
 * that names no server, because an archive does not record addresses. Null when not even the name is recorded.
 */
export function identityInManifest({
  server,
  database,
}: Pick<Manifest, "server" | "database">): string | null {
  if (database.name === null) return null;
  const silent = server === null ? UNKNOWN_SERVER : SILENT_SERVER;
  return `${server?.systemIdentifier ?? silent}/${database.name}`;
}

/** False for backups that may be of several databases of one name, as their servers did not tell which they are. */
export function namesServer(identity: string): boolean {
  return !identity.startsWith(`${SILENT_SERVER}/`);
}

/** The database's name in an identity. */
export function databaseNameOf(identity: string): string {
  return identity.slice(identity.indexOf("/") + 1);
}
