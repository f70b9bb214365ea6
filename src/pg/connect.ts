/** Opens connections: a connection string, a driver configuration, libpq's environment, or a client that is open already. */
import type pg from "pg";
import {
  AbortedError,
  ConnectionError,
  type NexushubDumpError,
  throwIfAborted,
  UsageError,
} from "../errors.ts";
import { type Connection, wrapClient } from "./connection.ts";
import { parseConnectionString } from "../sql/conninfo/parse.ts";
import {
  type ConnSettings,
  type Endpoint,
  type Environment,
  isSocket,
  resolveConnection,
} from "./libpq/resolve.ts";
import { fromPg, sqlState } from "./server-error.ts";
import { type TlsAttempt, tlsAttempts } from "./libpq/sslmode.ts";

/**
 * What to connect to: a connection string (`postgresql://…`, `host=… dbname=…`, or a database's name), which libpq's
 * service file, PG* variables and passfile complete; the empty string for these alone; or a configuration of `pg`.
 */
export type ConnectionSource = string | pg.ClientConfig;

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: `process.env`. */
  readonly env?: Environment | undefined;
}

const APPLICATION = "nexushub-dump";

/** Opens further connections to the server and database of the first, with the login that worked. */
export interface Connector {
  readonly label: string;
  connect(signal?: AbortSignal): Promise<Connection>;
}

/** One way to reach the server, as the driver wants it. */
interface Attempt {
  readonly config: pg.ClientConfig;
  readonly label: string;
  readonly attrs: string | undefined;
}

/**
 * Connects, trying every host and TLS mode that the source allows, and remembers what worked.
 * @throws ConnectionError only when no attempt gave a session; UsageError when the source makes no sense.
 */
export async function connect(
  source: ConnectionSource,
  options: ConnectOptions = {},
): Promise<{ connection: Connection; connector: Connector }> {
  const { default: driver } = await import("pg");
  const attempts = attemptsOf(source, options.env ?? process.env);
  const failures: NexushubDumpError[] = [];
  for (const [i, attempt] of attempts.entries()) {
    try {
      return {
        connection: await open(driver, attempt, options.signal),
        connector: {
          label: attempt.label,
          connect: (signal) =>
            open(driver, attempt, signal).catch((error: unknown) => {
              throw cannotConnect(error, attempt);
            }),
        },
      };
    } catch (error) {
      const failure = cannotConnect(error, attempt);
      failures.push(failure);
      const next = attempts[i + 1];
      if (next === undefined || failure.code !== "CONNECTION" || isFinal(error, attempt, next))
        break;
    }
  }
  // The first failure is the preferred way's; that TLS was not offered matters only when nothing came after it.
  throw (
    failures.find(({ message }) => !/does not support SSL|establishing an SSL/.test(message)) ??
    failures[0]!
  );
}

function cannotConnect(error: unknown, { label }: Attempt): NexushubDumpError {
  return fromPg(error, { doing: `cannot connect to ${label}` });
}

/** A wrong password or unknown database is the same without TLS and on every host (libpq stops there too). */
function isFinal(error: unknown, attempt: Attempt, next: Attempt): boolean {
  const state = sqlState(error);
  if (state === undefined || state.startsWith("57P")) return false;
  // 28000 is also "no pg_hba.conf entry … no encryption": the other TLS mode may be the one allowed.
  return !(state === "28000" && attempt.config.host === next.config.host);
}

function attemptsOf(source: ConnectionSource, env: Environment): Attempt[] {
  if (typeof source !== "string" && source.connectionString === undefined) {
    const config = { ...source };
    config.application_name ??= APPLICATION;
    config.keepAlive ??= true;
    return [
      {
        config,
        label: labelOf(
          source.host ?? "localhost",
          source.port ?? 5432,
          source.database,
          source.user,
        ),
        attrs: undefined,
      },
    ];
  }
  const text = typeof source === "string" ? source : source.connectionString!;
  const settings = resolveConnection(text === "" ? {} : parseConnectionString(text), env);
  const overrides = typeof source === "string" ? {} : withoutUndefined(source);
  return attemptsFor(settings, env).map((attempt) => ({
    ...attempt,
    config: { ...attempt.config, ...overrides },
  }));
}

function withoutUndefined(config: pg.ClientConfig): pg.ClientConfig {
  return Object.fromEntries(
    Object.entries(config).filter(
      ([key, value]) => key !== "connectionString" && value !== undefined,
    ),
  );
}

function attemptsFor(settings: ConnSettings, env: Environment): Attempt[] {
  const { params, user, database } = settings;
  const attrs = params.target_session_attrs || "any";
  const timeout = Number(params.connect_timeout || "0");
  if (!Number.isFinite(timeout)) throw new UsageError("connect_timeout is not a number of seconds");
  const attempts = settings.endpoints.flatMap((endpoint) => {
    const label = labelOf(endpoint.host, endpoint.port, database, user);
    const modes: TlsAttempt[] = isSocket(endpoint) ? [false] : tlsAttempts(params, env);
    return modes.map((tls) => ({
      label,
      attrs,
      config: {
        host: endpoint.address ?? endpoint.host,
        port: endpoint.port,
        user,
        database,
        password: () => passwordFor(settings, endpoint),
        ssl: tls === false ? false : withServerName(tls, endpoint),
        sslnegotiation: params.sslnegotiation === "direct" ? ("direct" as const) : undefined,
        enableChannelBinding: tls !== false && params.channel_binding !== "disable",
        options: params.options,
        application_name:
          params.application_name || params.fallback_application_name || APPLICATION,
        connectionTimeoutMillis: timeout * 1000,
        keepAlive: true,
      },
    }));
  });
  // `prefer-standby` is libpq's two rounds: standbys first, then anything.
  if (attrs !== "prefer-standby") return attempts;
  return [
    ...attempts.map((attempt) => ({ ...attempt, attrs: "standby" })),
    ...attempts.map((attempt) => ({ ...attempt, attrs: "any" })),
  ];
}

/** `hostaddr` says where to go, `host` whose certificate is expected there. */
function withServerName(
  tls: Exclude<TlsAttempt, false>,
  endpoint: Endpoint,
): Exclude<TlsAttempt, false> {
  return endpoint.address === undefined ? tls : { ...tls, host: endpoint.host };
}

function passwordFor(settings: ConnSettings, endpoint: Endpoint): string {
  const password = settings.password(endpoint);
  if (password === undefined) {
    throw new ConnectionError("the server asks for a password and none was given", {
      hint: "put it in the connection string, in PGPASSWORD, or in ~/.pgpass (mode 0600)",
    });
  }
  return password;
}

function labelOf(host: string, port: number, database = "", user = ""): string {
  const where = host.startsWith("/") ? `${host} (port ${port})` : `${host}:${port}`;
  return `database ${JSON.stringify(database || user)} on ${where}${user === "" ? "" : ` as ${user}`}`;
}

/**
 * Before anything else: nothing is found through a schema that the database's owner put into the search path
 * (CVE-2018-1058), and nothing is cut off by a timeout that was meant for an application.
 */
const FIRST_SETTINGS =
  "SET search_path = ''; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";

async function open(
  driver: typeof pg,
  attempt: Attempt,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  throwIfAborted(signal, "before connecting");
  const client = new driver.Client(attempt.config);
  // Without a listener a connection that breaks while idle would end the process; the next statement reports it.
  client.on("error", () => undefined);
  const stop = (): void => streamOf(client).destroy();
  signal?.addEventListener("abort", stop);
  try {
    await client.connect();
  } catch (error) {
    streamOf(client).destroy();
    if (signal?.aborted === true) throw new AbortedError("while connecting");
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  const connection = wrapClient(client, driver, {
    label: attempt.label,
    ssl: attempt.config.ssl,
    signal,
    borrowed: false,
  });
  try {
    await connection.query(FIRST_SETTINGS);
    await checkAttrs(connection, attempt.attrs);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return connection;
}

/** The driver's socket, which its types leave out. */
function streamOf(client: pg.Client): { destroy(): void } {
  return (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;
}

/** `target_session_attrs` (PostgreSQL docs, 34.1.2). */
async function checkAttrs(connection: Connection, attrs = "any"): Promise<void> {
  if (attrs === "any") return;
  const [state] = await connection.query<{ standby: boolean; readonly: boolean }>(
    `SELECT pg_catalog.pg_is_in_recovery() AS standby,
            pg_catalog.current_setting('transaction_read_only') = 'on' AS readonly`,
  );
  const { standby, readonly } = state!;
  const fits = {
    primary: !standby,
    standby,
    "read-only": standby || readonly,
    "read-write": !standby && !readonly,
  }[attrs];
  if (fits === undefined)
    throw new UsageError(`unknown target_session_attrs ${JSON.stringify(attrs)}`);
  if (!fits) throw new ConnectionError(`the session is not ${attrs}`, { object: connection.label });
}

/** Wraps a client that the caller opened and keeps; nothing here closes it or ends its transaction. */
export async function borrow(client: OpenClient, signal?: AbortSignal): Promise<Connection> {
  const { default: driver } = await import("pg");
  const { host = "", port = 5432, database, user } = client as Partial<pg.Client>;
  return wrapClient(client, driver, {
    label: labelOf(host, port, database, user),
    ssl: (client as Partial<{ ssl: unknown }>).ssl ?? false,
    signal,
    borrowed: true,
  });
}

/** A connected client of `pg`, or one from its pool. */
export type OpenClient = pg.ClientBase;

/** Whether a value is an open client of `pg`, whatever copy of the package it came from. */
export function isClient(value: unknown): value is OpenClient {
  return typeof value === "object" && value !== null && "query" in value && "connection" in value;
}

/** An ordinary client of the driver, connected as `connect` would, without the settings of a dump's session. */
export async function openClient(source: ConnectionSource): Promise<pg.Client> {
  const { default: driver } = await import("pg");
  const failures: unknown[] = [];
  for (const { config, label } of attemptsOf(source, process.env)) {
    const client = new driver.Client(config);
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      streamOf(client).destroy();
      failures.push(fromPg(error, { doing: `cannot connect to ${label}` }));
    }
  }
  throw failures[0];
}
