/**
 * Identifies the database of a backup, so that backups of different databases in one folder never count for each other:
 * the server's system identifier and the database's name. It stays the same when the host, its address or the database's
 * oid changes, and differs for any two databases that exist at the same time.
 */
import type { Manifest } from "../../archive/format/manifest.ts";
import { isNexushubDumpError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";

/** @throws ServerError or ConnectionError only when the server does not answer. */
export async function readDatabaseIdentity(connection: Connection): Promise<string> {
  const action = "identify the database";
  const [database] = await connection.query<{ name: string }>(
    "SELECT pg_catalog.current_database() AS name",
    { action },
  );
  return identity(await readSystemIdentifier(connection, action), database!.name);
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

/** Returns the identity that `readDatabaseIdentity` gave when the archive was written; null when it is not recorded. */
export function identityInManifest({
  server,
  database,
}: Pick<Manifest, "server" | "database">): string | null {
  if (database.name === null) return null;
  return identity(server?.systemIdentifier ?? null, database.name);
}

function identity(systemIdentifier: string | null, name: string): string {
  return `${systemIdentifier ?? "unknown server"}/${name}`;
}

/** The database's name in an identity. */
export function databaseNameOf(identity: string): string {
  return identity.slice(identity.indexOf("/") + 1);
}
