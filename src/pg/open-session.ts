/** Opens one connection: a client of the driver, guarded, logged in, and ready for its first statement, within a time. */
import type pg from "pg";
import { AbortedError, ConnectionError, throwIfAborted } from "../errors.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { formatDuration } from "../util/format.ts";
import type { Attempt } from "./attempts.ts";
import { enforceAuthentication } from "./authentication.ts";
import { type Connection, wrapClient } from "./connection.ts";
import { driverClient } from "./driver.ts";
import { guardConnection } from "./guard.ts";
import { watchPeer } from "./peer-watch.ts";
import { checkSessionAttributes } from "./session-attributes.ts";

/**
 * Before anything else: nothing is looked up through a schema that the database's owner put into the search path
 * (CVE-2018-1058), and nothing is cut off by a timeout that was meant for an application.
 */
const FIRST_SETTINGS = [
  ["search_path", ""],
  ["statement_timeout", "0"],
  ["idle_in_transaction_session_timeout", "0"],
  ["idle_session_timeout", "0"],
  ["transaction_timeout", "0"],
] as const;

export interface OpenedSession {
  readonly connection: Connection;
  /** The process id given when connecting is not the server's: a pooler made it up. */
  readonly isPooled: boolean;
}

/**
 * A session of ours.
 * @param isOwn whether the server's session is known to be ours alone, although a pooler is before it.
 * @throws what the driver throws, ConnectionError when the time is over, AbortedError.
 */
export async function openSession(
  driver: typeof pg,
  attempt: Attempt,
  signal: AbortSignal | undefined,
  isOwn: boolean,
): Promise<OpenedSession> {
  throwIfAborted(signal, "before connecting");
  const client = newClient(driver, attempt);
  loadWebCryptoOnceSent(client);
  return withinTime(client, attempt, signal, async () => {
    await client.connect();
    watchPeer(driverClient(client).connection.stream, attempt.unacknowledgedMs);
    const connection = wrapClient(client, driver, {
      label: attempt.label,
      ssl: attempt.config.ssl,
      signal,
      borrowed: false,
    });
    try {
      const isPooled = await applyFirstSettings(connection, isOwn);
      await checkSessionAttributes(connection, attempt.attributes);
      return { connection, isPooled };
    } catch (error) {
      await connection.close();
      throw error;
    }
  });
}

/**
 * A pooler may hand the server's session to an application next, which must not find its search path empty: there the
 * settings end with the statement.
 * @returns whether a pooler is in between.
 */
export async function applyFirstSettings(
  { query, processId }: Pick<Connection, "query" | "processId">,
  isOwn: boolean,
): Promise<boolean> {
  // Older majors lack the last ones.
  const settings = FIRST_SETTINGS.map(
    ([name, value]) =>
      `CASE WHEN pg_catalog.current_setting(${quoteLiteral(name)}, true) IS NOT NULL
        THEN pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, pooled AND NOT ${isOwn}) END`,
  );
  const [row] = await query<{ pooled: boolean }>(
    `SELECT pooled, ${settings.join(", ")}
     FROM (SELECT pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.<>) ${processId}) AS session (pooled)`,
  );
  return row!.pooled;
}

/** A client of the driver as its users know it, without the settings of our sessions. */
export async function openPlainClient(driver: typeof pg, attempt: Attempt): Promise<pg.Client> {
  const client = newClient(driver, attempt);
  await withinTime(client, attempt, undefined, () => client.connect());
  return client;
}

function newClient(driver: typeof pg, attempt: Attempt): pg.Client {
  const client = new driver.Client(attempt.config);
  // Without a listener a connection that breaks while idle would end the process; the next statement reports it.
  client.on("error", () => undefined);
  const { connection } = driverClient(client);
  guardConnection(connection);
  enforceAuthentication(connection, attempt.authentication);
  return client;
}

/** What the driver computes with to prove the password. Node.js loads it when it is first used: here the server is busy. */
function loadWebCryptoOnceSent(client: pg.Client): void {
  driverClient(client).connection.on("connect", () => crypto.getRandomValues(new Uint8Array(1)));
}

/** Destroys the connection when `work` fails, takes too long, or is interrupted. */
async function withinTime<T>(
  client: pg.Client,
  { timeoutMs }: Attempt,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { connection } = driverClient(client);
  return new Promise<T>((resolve, reject) => {
    const settle = (report: () => void): void => {
      clearTimeout(limit);
      signal?.removeEventListener("abort", onAbort);
      client.off("error", fail);
      report();
    };
    const fail = (error: unknown): void =>
      settle(() => {
        // TLS replaces the stream, so it is looked up now.
        connection.stream.destroy();
        reject(error);
      });
    const onAbort = (): void => fail(new AbortedError("while connecting"));
    const limit =
      timeoutMs === 0
        ? undefined
        : setTimeout(
            () =>
              fail(
                new ConnectionError(`no answer within ${formatDuration(timeoutMs)}`, {
                  hint: "check host and port, and firewalls on the way; connect_timeout sets the time",
                }),
              ),
            timeoutMs,
          );
    signal?.addEventListener("abort", onAbort);
    // The driver reports some failures of a login here alone.
    client.on("error", fail);
    work().then((value) => settle(() => resolve(value)), fail);
  });
}
