/** Sessions of a swap: they write, wait, and are idle for hours, whatever the database or the role sets for applications. */
import type { Connector } from "../../pg/connect.ts";
import type { Connection } from "../../pg/connection.ts";

/** Those that the server has: `idle_session_timeout` came with PostgreSQL 14. */
const SETTINGS = `
  SELECT pg_catalog.set_config(s.name, fixed.value, false)
  FROM (VALUES ('default_transaction_read_only', 'off'), ('lock_timeout', '0'), ('idle_session_timeout', '0')) AS fixed (name, value)
  JOIN pg_catalog.pg_settings s ON s.name = fixed.name`;

export async function openSwapSession(
  connector: Connector,
  signal?: AbortSignal,
): Promise<Connection> {
  const connection = await connector.connect(signal);
  try {
    await connection.query(SETTINGS);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}
