/** A configuration of `pg`'s client or pool, and the one inside a client or pool that exists. */
import { z } from "zod";
import type { ConnectionSource } from "../pg/connect.ts";
import type { OpenClient } from "../pg/borrow.ts";
import { withoutUndefined } from "../util/without-undefined.ts";
import { count, flag, text } from "./option-types.ts";

/** The configuration of one connection: what `ConnectionSource` is beside texts, clients and pools. */
export type ClientConfig = Exclude<
  ConnectionSource,
  string | URL | OpenClient | { readonly totalCount: number }
>;

const anything = z.unknown();
const milliseconds = z.union([flag, count], { error: "a number of milliseconds" });
const port = z.union([count, z.string().regex(/^\d{1,5}$/)], { error: "a port number" });
const secret = z.union([text, z.custom((value) => typeof value === "function")], {
  error: "a text or a function that returns it",
});

/** Options of `pg.ClientConfig`. */
export const CLIENT_OPTIONS: Readonly<Record<string, z.ZodType>> = {
  connectionString: text,
  host: text,
  port,
  database: text,
  user: text,
  password: secret,
  ssl: z.union([flag, text, z.record(z.string(), anything)], { error: "true, false or an object" }),
  sslnegotiation: text,
  enableChannelBinding: flag,
  options: text,
  application_name: text,
  fallback_application_name: text,
  client_encoding: text,
  keepAlive: flag,
  keepAliveInitialDelayMillis: count,
  connectionTimeoutMillis: count,
  statement_timeout: milliseconds,
  lock_timeout: milliseconds,
  query_timeout: milliseconds,
  idle_in_transaction_session_timeout: milliseconds,
  binary: flag,
  pipeline: flag,
  scramMaxIterations: count,
  replication: text,
  stream: anything,
  types: anything,
  Promise: anything,
  connection: anything,
};

/** What only `pg.PoolConfig` has: left out of a connection's configuration. */
export const POOL_OPTIONS: Readonly<Record<string, z.ZodType>> = {
  max: count,
  min: count,
  idleTimeoutMillis: z.union([count, z.null()], { error: "a number of milliseconds" }),
  maxUses: anything,
  maxLifetimeSeconds: count,
  allowExitOnIdle: flag,
  log: anything,
  verify: anything,
  onConnect: anything,
  Client: anything,
};

/** The options of one connection among those of a pool. Secrets are not enumerable there, so names are looked up. */
export function connectionOptions(options: object): ClientConfig {
  const known = options as Readonly<Record<string, unknown>>;
  return withoutUndefined(
    Object.fromEntries(Object.keys(CLIENT_OPTIONS).map((name) => [name, known[name]])),
  );
}

/**
 * What a pool connects with: what its driver makes of its options and of the environment, which differs from libpq where
 * an address leaves something out. Opens no connection.
 */
export function configOfPool(pool: object): ClientConfig {
  const { options, Client } = pool as {
    readonly options: object;
    readonly Client?: new (options: object) => object;
  };
  const { connectionString: _, ...config } = connectionOptions(options) as {
    readonly connectionString?: unknown;
  };
  if (typeof Client !== "function") return connectionOptions(options);
  return { ...config, ...configOfClient(new Client(options)) };
}

/** What an open client connected with. */
export function configOfClient(client: object): ClientConfig {
  const {
    connectionParameters = {},
    password,
    ssl,
  } = client as {
    connectionParameters?: Readonly<Record<string, unknown>>;
    password?: unknown;
    ssl?: unknown;
  };
  const { host, port: number, database, user, options } = connectionParameters;
  return connectionOptions({
    host,
    port: number,
    database,
    user,
    password: password ?? undefined,
    ssl,
    options: options || undefined,
  });
}
