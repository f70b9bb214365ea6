/** The live database as it is found, over the one connection to it that there is: all else is done from another one. */
import type { ServerVersion } from "../../catalog/version.ts";
import { type ConnectionSource, type Connector, withConnection } from "../../pg/connect.ts";
import type { Connection } from "../../pg/connection.ts";
import { checkServer } from "../../pg/server.ts";
import type { DatabaseFacts } from "./facts.ts";
import { currentName, readDatabase, readSwapFacts } from "./read-facts.ts";
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
