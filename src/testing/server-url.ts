/** The connection string of a fixture's server, whichever form it has. */
import { UsageError } from "../errors.ts";
import { databaseArgument } from "../arguments/database.ts";
import { resolveConnection } from "../pg/libpq/resolve.ts";
import { formatUri } from "../sql/conninfo/format.ts";
import { isUri, parseConnectionString } from "../sql/conninfo/parse.ts";

const CALLER = "openFixture";

/**
 * @returns a URI, which every driver reads.
 * @throws UsageError only when it names no server, or its address cannot be written as one text.
 */
export function serverUrl(server: unknown): string {
  const source = databaseArgument(CALLER, "server", addressOf(server));
  if (typeof source === "string") return asUri(source);
  const { connectionString, host, port, database, user, password, ssl, options, stream } =
    source as Readonly<Record<string, unknown>>;
  if (typeof connectionString === "string") return asUri(connectionString);
  const texts = {
    host,
    port: typeof port === "number" ? `${port}` : port,
    dbname: database,
    user,
    password,
    options,
    sslmode: ssl === true ? "require" : undefined,
  };
  const isText = stream === undefined && (ssl === undefined || typeof ssl === "boolean");
  if (isText && isOfTexts(texts)) return formatUri(texts);
  throw new UsageError(`${CALLER}: the server has a password or TLS settings that are no text`, {
    hint: "give a connection string: each database of a fixture has one",
  });
}

function isOfTexts(
  values: Readonly<Record<string, unknown>>,
): values is Readonly<Record<string, string>> {
  return Object.values(values).every((value) => value === undefined || typeof value === "string");
}

/** Other drivers read nothing but URIs, and take other defaults than libpq where one names no host. */
function asUri(text: string): string {
  const written = parseConnectionString(text);
  if (isUri(text) && written.host) return text;
  const settings = resolveConnection(written, process.env);
  const { passfile: _, ...params } = settings.params;
  const [first] = settings.endpoints;
  return formatUri({
    ...params,
    host: settings.endpoints.map(({ host }) => host).join(","),
    port: settings.endpoints.map(({ port }) => port).join(","),
    user: settings.user,
    dbname: settings.database,
    password: settings.password(first!),
  });
}

/** Of an embedded server, a container or a pool; anything else is an address itself. */
function addressOf(server: unknown): unknown {
  if (typeof server !== "object" || server === null || server instanceof URL) return server;
  const { url, getConnectionUri, options } = server as {
    readonly url?: unknown;
    readonly getConnectionUri?: unknown;
    readonly options?: { readonly connectionString?: unknown };
  };
  if (typeof getConnectionUri === "function")
    return uriOf(server as { getConnectionUri(): unknown });
  if (typeof options?.connectionString === "string") return options.connectionString;
  return typeof url === "string" || url instanceof URL ? url : server;
}

function uriOf(container: { getConnectionUri(): unknown }): unknown {
  try {
    return container.getConnectionUri();
  } catch (cause) {
    throw new UsageError(`${CALLER}: the server's getConnectionUri() failed`, {
      hint: "start the container before the fixture is opened",
      cause,
    });
  }
}
