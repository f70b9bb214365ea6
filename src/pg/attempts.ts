/** The ways to reach a database, in the order to try them, as the driver's configurations. Opens no connection. */
import type pg from "pg";
import { ConnectionError, UsageError } from "../errors.ts";
import { type ConnParams, parseConnectionString } from "../sql/conninfo/parse.ts";
import { withoutUndefined } from "../util/without-undefined.ts";
import { type AuthenticationPolicy, authenticationPolicy } from "./authentication.ts";
import { type Endpoint, isSocket } from "./libpq/endpoints.ts";
import { keepAlive, unacknowledgedMs } from "./libpq/keepalive.ts";
import type { Environment } from "./libpq/parameters.ts";
import { type ConnSettings, resolveConnection } from "./libpq/resolve.ts";
import { type TlsAttempt, tlsAttempts } from "./libpq/sslmode.ts";
import { requireSessionAttributes, type SessionAttributes } from "./session-attributes.ts";

/**
 * What to connect to: a connection string (`postgresql://…`, `host=… dbname=…`, or a database's name), which libpq's
 * service file, PG* variables and passfile complete, as text or as a `URL`; the empty string for these alone; or a
 * configuration of `pg`. A pool or an idle client of `pg` stands for the database that it is connected to: the library's
 * functions open connections of their own to it, with its configuration.
 */
export type ConnectionSource = string | URL | pg.ClientConfig | pg.Pool | pg.ClientBase;

/** One way to reach the server. */
export interface Attempt {
  readonly config: pg.ClientConfig;
  /** `database "shop" on db.example:5432 as alice`, for messages. */
  readonly label: string;
  readonly attributes: SessionAttributes;
  readonly authentication: AuthenticationPolicy;
  /** Until the session is ready for its first statement; 0: for ever. */
  readonly timeoutMs: number;
  /** How long the server may acknowledge nothing of what was sent; 0: for as long as the system allows. */
  readonly unacknowledgedMs: number;
}

const APPLICATION = "nexushub-dump";
/** libpq waits for ever; a server that accepts a connection and says nothing would stop a backup for good. */
const DEFAULT_TIMEOUT_MS = 60_000;

/** @throws UsageError only when the source makes no sense. */
export function attemptsOf(source: ConnectionSource, env: Environment): Attempt[] {
  if (source instanceof URL) return attemptsOf(source.href, env);
  if (typeof source === "string") return attemptsFor(resolveText(source, env), env);
  const { connectionString, ...config } = withoutUndefined(checkConfig(source));
  if (connectionString === undefined) return [attemptWith(config)];
  return attemptsFor(resolveText(connectionString, env), env).map((attempt) => ({
    ...attempt,
    config: { ...attempt.config, ...config },
  }));
}

function resolveText(text: string, env: Environment): ConnSettings {
  return resolveConnection(parseConnectionString(text), env);
}

/** Properties that say which database is meant: without any of them the driver would take its default. */
const NAMING = ["connectionString", "host", "database", "user", "port", "stream"] as const;

/** Whether a configuration of the driver says which database is meant. */
export function namesDatabase(
  config: Readonly<Partial<Record<(typeof NAMING)[number], unknown>>>,
): boolean {
  return NAMING.some((name) => config[name] !== undefined);
}

/**
 * What is no configuration at all must not become the default database of whoever runs the program.
 * @throws UsageError only for a source that is neither a string nor a configuration that names a database.
 */
function checkConfig(source: object): pg.ClientConfig {
  const hint =
    "give a connection string, or an object with connectionString, or with host, port, database, user and password";
  const isPlain =
    typeof source === "object" &&
    source !== null &&
    [Object.prototype, null].includes(Object.getPrototypeOf(source));
  if (isOpen(source)) {
    throw new UsageError("the database is an open client or a pool, where its address belongs", {
      hint: "give the connection string or configuration that it was created with: this opens connections of its own",
    });
  }
  if (!isPlain) {
    throw new UsageError(
      "the database is neither a connection string nor a configuration of pg's client",
      { hint },
    );
  }
  const config: pg.ClientConfig = source;
  if (namesDatabase(config)) return config;
  throw new UsageError("the configuration of the connection names no database", { hint });
}

/** A client or pool of any driver. */
function isOpen(source: object): boolean {
  return typeof (source as { query?: unknown } | null)?.query === "function";
}

function attemptWith(config: pg.ClientConfig): Attempt {
  const { host = "localhost", port = 5432, database, user } = config;
  return {
    config: {
      application_name: APPLICATION,
      ...keepAlive({}),
      ...config,
    },
    label: labelOf({ host, port, database, user }),
    attributes: "any",
    authentication: authenticationPolicy({}),
    timeoutMs: config.connectionTimeoutMillis ?? DEFAULT_TIMEOUT_MS,
    unacknowledgedMs: config.keepAlive === false ? 0 : unacknowledgedMs({}),
  };
}

function attemptsFor(settings: ConnSettings, env: Environment): Attempt[] {
  const { params } = settings;
  const attributes = requireSessionAttributes(params.target_session_attrs);
  const authentication = authenticationPolicy(params);
  const timeoutMs = timeoutOf(params);
  const attempts = settings.endpoints.flatMap((endpoint) => {
    const modes: TlsAttempt[] = isSocket(endpoint) ? [false] : tlsAttempts(params, env);
    return modes.map((tls) => ({
      label: labelOf({ ...endpoint, database: settings.database, user: settings.user }),
      attributes,
      authentication,
      timeoutMs,
      unacknowledgedMs: unacknowledgedMs(params),
      config: configFor(settings, endpoint, tls),
    }));
  });
  // libpq's two rounds: standbys first, then anything.
  if (attributes !== "prefer-standby") return attempts;
  return [
    ...attempts.map((attempt) => ({ ...attempt, attributes: "standby" as const })),
    ...attempts.map((attempt) => ({ ...attempt, attributes: "any" as const })),
  ];
}

function configFor(settings: ConnSettings, endpoint: Endpoint, tls: TlsAttempt): pg.ClientConfig {
  const { params, user, database } = settings;
  return {
    host: endpoint.address ?? endpoint.host,
    port: endpoint.port,
    user,
    database,
    password: () => passwordFor(settings, endpoint),
    ssl: tls === false ? false : withServerName(tls, endpoint),
    sslnegotiation: params.sslnegotiation === "direct" ? ("direct" as const) : undefined,
    enableChannelBinding: tls !== false && params.channel_binding !== "disable",
    options: [params.options, ...settings.serverSettings].filter(Boolean).join(" ") || undefined,
    application_name: params.application_name || params.fallback_application_name || APPLICATION,
    ...keepAlive(params),
  };
}

/** The same way to the server, to another of its databases. */
export function inDatabase(attempt: Attempt, database: string): Attempt {
  const { host = "localhost", port = 5432, user } = attempt.config;
  return {
    ...attempt,
    config: { ...attempt.config, database },
    label: labelOf({ host, port, database, user }),
  };
}

function timeoutOf({ connect_timeout: text = "" }: ConnParams): number {
  if (text === "") return DEFAULT_TIMEOUT_MS;
  if (!/^ *[+-]?\d+ *$/.test(text))
    throw new UsageError("connect_timeout is not a number of seconds");
  return Math.max(0, Number(text)) * 1000;
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

/** What a label names; the driver's own defaults are filled in by the caller. */
export interface Labelled {
  readonly host: string;
  readonly port: number;
  readonly database: string | undefined;
  readonly user: string | undefined;
}

/** `database "shop" on db.example:5432 as alice`; holds no password. */
export function labelOf({ host, port, database = "", user = "" }: Labelled): string {
  const where = host.startsWith("/") ? `${host} (port ${port})` : `${host}:${port}`;
  return `database ${JSON.stringify(database || user)} on ${where}${user === "" ? "" : ` as ${user}`}`;
}
