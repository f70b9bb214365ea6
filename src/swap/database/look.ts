/** The live database as it is found, over the one connection to it that there is: all else is done from another one. */
import type { ServerVersion } from "../../catalog/version.ts";
import { RefusedError } from "../../errors.ts";
import { type ConnectionSource, type Connector, withConnection } from "../../pg/connect.ts";
import type { Connection } from "../../pg/connection.ts";
import { checkServer } from "../../pg/server.ts";
import type { DatabaseFacts } from "./facts.ts";
import { currentName, readDatabase, readDatabaseByOid, readSwapFacts } from "./read-facts.ts";
import { lockDatabase, type Maintenance } from "./maintenance.ts";
import type { DiskSpace } from "./needed-space.ts";
import { diskRefusals, swapRefusals, swapRefusedError } from "./refusals.ts";

/** What is known once the live database was looked at. */
export interface LiveDatabase {
  readonly label: string;
  readonly version: ServerVersion;
  readonly connector: Connector;
  readonly database: DatabaseFacts;
}

/** Connects to the database for one use, which gets its facts. */
export function atDatabase<T>(
  target: ConnectionSource,
  signal: AbortSignal | undefined,
  use: (connection: Connection, live: LiveDatabase) => Promise<T>,
): Promise<T> {
  return withConnection(target, { signal }, async (connection, connector) => {
    const version = await checkServer(connection, connector, { purpose: "restore into" });
    const database = await readDatabase(connection, version, await currentName(connection));
    return use(connection, { label: connection.label, version, connector, database });
  });
}

/**
 * @param connection to the database, the only one of this process.
 * @param disk for a new database; undefined when none is created.
 * @throws RefusedError (SWAP_REFUSED) only when something stands in the way of exchanging it.
 */
export async function requireExchangeable(
  connection: Connection,
  database: DatabaseFacts,
  disk?: DiskSpace,
): Promise<void> {
  const facts = await readSwapFacts(connection, database, [connection.processId]);
  const refusals = [...swapRefusals(database, facts), ...diskRefusals(disk)];
  if (refusals.length > 0) throw swapRefusedError(refusals, database);
}

/** Makes this the only run that works on a database, and looks at it again: another run may have exchanged it meanwhile. */
export async function lockLive(
  live: LiveDatabase,
  { connection }: Pick<Maintenance, "connection">,
): Promise<LiveDatabase> {
  await lockDatabase(connection, live.database);
  return { ...live, database: await lookAgain(connection, live.version, live.database) };
}

/**
 * Looks again, from another database, whose encoding can read the name as another text.
 * @throws RefusedError (SWAP_REFUSED) only when the database was dropped, renamed or exchanged since.
 */
export async function lookAgain(
  connection: Connection,
  version: ServerVersion,
  live: Pick<DatabaseFacts, "name" | "oid" | "nameBytes">,
): Promise<DatabaseFacts> {
  const now = await readDatabaseByOid(connection, version, live.oid);
  if (now?.nameBytes !== live.nameBytes) throw replacedError(live);
  return now;
}

export function replacedError({ name }: Pick<DatabaseFacts, "name">): RefusedError {
  return new RefusedError(
    "SWAP_REFUSED",
    `the database ${JSON.stringify(name)} was dropped, renamed or exchanged while this run worked on it`,
    { object: `database ${name}`, hint: "run it again for the database that has the name now" },
  );
}

/**
 * The same as `requireExchangeable`, after hours in which others worked in the database. Sessions that cannot be ended may
 * still go: the exchange waits for them.
 */
export async function requireStillExchangeable(
  connection: Connection,
  database: DatabaseFacts,
): Promise<void> {
  const facts = await readSwapFacts(connection, database, []);
  const refusals = swapRefusals(database, { ...facts, foreignSessions: [] });
  if (refusals.length > 0) throw swapRefusedError(refusals, database);
}
