/** Databases that swaps have left beside another one: those that they keep, and what killed runs left behind. */
import { ServerError } from "../../errors.ts";
import type { Connector } from "../../pg/connect.ts";
import type { Connection } from "../../pg/connection.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DatabaseFacts } from "./facts.ts";
import { isNewName, parseMarker } from "./marker.ts";
import { openSwapSession } from "./session.ts";

/** What a database held before a swap. */
export interface KeptDatabase {
  readonly name: string;
  /** The name that it had. */
  readonly database: string;
  /** When it was exchanged, ISO 8601 in UTC. */
  readonly swappedAt: string;
  /** Until when it is kept, ISO 8601 in UTC. */
  readonly keepUntil: string;
  /** Bytes on disk; null where the login may not ask. */
  readonly size: number | null;
  /** Whether it was replaced by what has the place now, and takes connections, so that the exchange can be undone. */
  readonly canUndo: boolean;
}

/** A kept database with what an undo needs. */
export interface KeptCandidate extends Omit<KeptDatabase, "size"> {
  readonly oid: number;
  /** The comment that the database had. */
  readonly comment: string | null;
  /** The oid of the database that took its place. */
  readonly successor: number;
}

interface BesideRow {
  readonly name: string;
  readonly oid: number;
  readonly owner: string;
  readonly comment: string | null;
  /** False where that was switched off, and after a DROP DATABASE that was interrupted. */
  readonly takesConnections: boolean;
}

/** `datconnlimit` of a database whose removal was interrupted (DATCONNLIMIT_INVALID_DB, src/include/catalog/pg_database.h). */
const INVALID = -2;

async function readBeside(connection: Connection): Promise<BesideRow[]> {
  return connection.query<BesideRow>(`
    SELECT datname AS name, oid, pg_catalog.pg_get_userbyid(datdba) AS owner,
           pg_catalog.shobj_description(oid, 'pg_database') AS comment,
           datallowconn AND datconnlimit <> ${INVALID} AS "takesConnections"
    FROM pg_catalog.pg_database WHERE NOT datistemplate ORDER BY datname`);
}

/**
 * The databases that are kept of `live`, the newest first: with the same owner, so that nobody else can have made them. Those
 * that it replaced are among them, whatever its name was then, and those that they had replaced.
 */
export async function readKept(
  connection: Connection,
  live: Pick<DatabaseFacts, "name" | "oid" | "owner">,
): Promise<KeptCandidate[]> {
  const rows = await readBeside(connection);
  const kept = rows.flatMap(({ name, oid, owner, comment, takesConnections }) => {
    const marker = parseMarker(comment);
    if (marker?.kind !== "kept" || owner !== live.owner) return [];
    const canUndo = marker.successor === live.oid && takesConnections;
    return [{ ...marker, name, oid, canUndo }];
  });
  return predecessors(kept, live).sort((a, b) => (a.swappedAt < b.swappedAt ? 1 : -1));
}

function predecessors(
  kept: readonly KeptCandidate[],
  live: Pick<DatabaseFacts, "name" | "oid">,
): KeptCandidate[] {
  const replaced = kept.filter(({ database }) => database === live.name);
  const queue = [live.oid, ...replaced.map(({ oid }) => oid)];
  for (let oid = queue.pop(); oid !== undefined; oid = queue.pop()) {
    const before = kept.filter((each) => each.successor === oid && !replaced.includes(each));
    replaced.push(...before);
    queue.push(...before.map((each) => each.oid));
  }
  return replaced;
}

/** Bytes on disk of databases, by oid; null where the login may not ask. */
export async function readSizes(
  connection: Connection,
  oids: readonly number[],
): Promise<Map<number, number | null>> {
  if (oids.length === 0) return new Map();
  const rows = await connection.query<{ oid: number; size: number | null }>(`
    SELECT oid, CASE WHEN pg_catalog.has_database_privilege(oid, 'CONNECT') THEN pg_catalog.pg_database_size(oid)::float8 END AS size
    FROM pg_catalog.pg_database WHERE oid IN (${oids.join(", ")})`);
  return new Map(rows.map(({ oid, size }) => [oid, size]));
}

/**
 * Removes what killed runs left of new databases for `live`, whose lock the caller holds.
 * @returns their names.
 */
export async function removeLeftovers(
  connection: Connection,
  connector: Connector,
  live: Pick<DatabaseFacts, "name" | "oid" | "owner">,
): Promise<string[]> {
  const removed: string[] = [];
  for (const { name, owner, comment } of await readBeside(connection)) {
    if (owner !== live.owner || !isNewName(name, live.name)) continue;
    const marker = parseMarker(comment);
    const isOurs =
      comment === null
        ? await isEmpty(connector.toDatabase(name))
        : marker?.kind === "new" && marker.databaseOid === live.oid;
    if (!isOurs) continue;
    await removeNew(connection, connector, name);
    removed.push(name);
  }
  return removed;
}

/** Drops a database that never took the place of another one, with whoever is connected to it. */
export async function removeNew(
  connection: Connection,
  connector: Connector,
  name: string,
): Promise<void> {
  const subscriptions = await connection.query<{ name: string }>(`
    SELECT s.subname::text AS name FROM pg_catalog.pg_subscription s
    JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = ${quoteLiteral(name)}`);
  if (subscriptions.length > 0)
    await dropSubscriptions(
      connector.toDatabase(name),
      subscriptions.map((each) => each.name),
    );
  await dropDatabase(connection, name, true);
}

/** A database with subscriptions cannot be dropped. Those of a restore have not met their publishers. */
async function dropSubscriptions(connector: Connector, names: readonly string[]): Promise<void> {
  const connection = await openSwapSession(connector);
  try {
    for (const name of names.map(quoteIdent)) {
      await connection.query(`ALTER SUBSCRIPTION ${name} DISABLE`);
      await connection.query(`ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`);
      await connection.query(`DROP SUBSCRIPTION ${name}`);
    }
  } finally {
    await connection.close();
  }
}

/** A run that was killed before it could write the comment has created nothing yet. */
async function isEmpty(connector: Connector): Promise<boolean> {
  const connection = await connector.connect();
  try {
    const rows = await connection.query(
      "SELECT FROM pg_catalog.pg_class WHERE oid >= 16384 LIMIT 1",
    );
    return rows.length === 0;
  } finally {
    await connection.close();
  }
}

/**
 * Removes the kept databases of `live` whose time is over, and gives the name of each. One that somebody is connected to stays
 * for the next time.
 */
export async function* removeExpired(
  connection: Connection,
  live: Pick<DatabaseFacts, "name" | "oid" | "owner">,
  now: Date,
): AsyncGenerator<string> {
  for (const { name, keepUntil } of await readKept(connection, live)) {
    if (Date.parse(keepUntil) > now.getTime()) continue;
    try {
      await dropDatabase(connection, name, false);
    } catch (error) {
      if (!(error instanceof ServerError) || error.sqlState !== IN_USE) throw error;
      continue;
    }
    yield name;
  }
}

/** object_in_use (PostgreSQL docs, appendix A). */
const IN_USE = "55006";

async function dropDatabase(connection: Connection, name: string, force: boolean): Promise<void> {
  await connection.query(
    `DROP DATABASE IF EXISTS ${quoteIdent(name)}${force ? " WITH (FORCE)" : ""}`,
    { action: `drop the database ${name}`, object: `database ${name}` },
  );
}

/** All roles of the cluster, which privileges can name. */
export function readRoles(
  connection: Connection,
): Promise<{ readonly name: string; readonly oid: number }[]> {
  return connection.query("SELECT rolname AS name, oid FROM pg_catalog.pg_roles");
}
