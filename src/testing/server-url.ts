/** The connection string of a fixture's server, whichever form it has. */
import { UsageError } from "../errors.ts";
import { databaseArgument } from "../arguments/database.ts";
import { formatUri } from "../sql/conninfo/format.ts";

const CALLER = "openFixture";

/** @throws UsageError only when it names no server, or its address cannot be written as one text. */
export function serverUrl(server: unknown): string {
  const source = databaseArgument(CALLER, "server", addressOf(server));
  if (typeof source === "string") return source;
  const { connectionString, host, port, database, user, password, ssl } = source as Readonly<
    Record<string, unknown>
  >;
  if (typeof connectionString === "string") return connectionString;
  const texts = {
    host,
    port: typeof port === "number" ? `${port}` : port,
    dbname: database,
    user,
    password,
    sslmode: ssl === true ? "require" : undefined,
  };
  if (isOfTexts(texts) && (ssl === undefined || typeof ssl === "boolean")) return formatUri(texts);
  throw new UsageError(`${CALLER}: the server has a password or TLS settings that are no text`, {
    hint: "give a connection string: each database of a fixture has one",
  });
}

function isOfTexts(
  values: Readonly<Record<string, unknown>>,
): values is Readonly<Record<string, string>> {
  return Object.values(values).every((value) => value === undefined || typeof value === "string");
}

/** Of an embedded server or a container; anything else is an address itself. */
function addressOf(server: unknown): unknown {
  if (typeof server !== "object" || server === null || server instanceof URL) return server;
  const { url, getConnectionUri } = server as { url?: unknown; getConnectionUri?: unknown };
  if (typeof getConnectionUri === "function")
    return (server as { getConnectionUri(): unknown }).getConnectionUri();
  return typeof url === "string" ? url : server;
}
