/** Connects to a database by the first way that works, and remembers it for further connections. */
import type pg from "pg";
import type { NexushubDumpError } from "../errors.ts";
import { type Attempt, attemptsOf, type ConnectionSource, inDatabase } from "./attempts.ts";
import type { Connection } from "./connection.ts";
import { driverFault } from "./driver-errors.ts";
import type { Environment } from "./libpq/parameters.ts";
import { applyFirstSettings, openPlainClient, openSession } from "./open-session.ts";
import { type Sessions, sessionsBehind } from "./pooler.ts";
import { fromPg, sqlState } from "./server-error.ts";

export type { ConnectionSource } from "./attempts.ts";

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** Default: `process.env`. */
  readonly env?: Environment | undefined;
}

/** Host name, address or folder of the socket, and port. */
export interface ReachedServer {
  readonly host: string;
  readonly port: number;
}

/** Opens further connections to the server and database of the first, with the login that worked. */
export interface Connector {
  readonly label: string;
  /** Where the server was reached. */
  readonly server: ReachedServer;
  /** Whether a pooler in transaction mode is in between, which hands a session to others after each transaction. */
  readonly isShared: boolean;
  connect(signal?: AbortSignal): Promise<Connection>;
  /** The same for another database of the server. */
  toDatabase(name: string): Connector;
}

/**
 * Connects, trying every host and TLS mode that the source allows.
 * @throws ConnectionError only when no attempt gave a session; UsageError when the source makes no sense.
 */
export async function connect(
  source: ConnectionSource,
  { signal, env = process.env }: ConnectOptions = {},
): Promise<{ connection: Connection; connector: Connector }> {
  const { default: driver } = await import("pg");
  const { attempt, opened } = await firstThatWorks(attemptsOf(source, env), (each) =>
    openSession(driver, each, signal, false),
  );
  const { connection, isPooled } = opened;
  if (!isPooled) return { connection, connector: connectorOf(driver, attempt, "own") };
  try {
    const sessions = await sessionsBehind(connection, () =>
      connectorOf(driver, attempt, "shared").connect(signal),
    );
    if (sessions === "own") await applyFirstSettings(connection, true);
    return { connection, connector: connectorOf(driver, attempt, sessions) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Connects for one use. */
export async function withConnection<T>(
  source: ConnectionSource,
  options: ConnectOptions,
  use: (connection: Connection, connector: Connector) => Promise<T>,
): Promise<T> {
  const { connection, connector } = await connect(source, options);
  try {
    return await use(connection, connector);
  } finally {
    await connection.close();
  }
}

function connectorOf(driver: typeof pg, attempt: Attempt, sessions: Sessions): Connector {
  const { host = "localhost", port = 5432 } = attempt.config;
  return {
    label: attempt.label,
    server: { host, port },
    isShared: sessions === "shared",
    connect: (signal) =>
      openSession(driver, attempt, signal, sessions === "own").then(
        ({ connection }) => connection,
        (error: unknown) => {
          throw cannotConnect(error, attempt);
        },
      ),
    toDatabase: (name) => connectorOf(driver, inDatabase(attempt, name), sessions),
  };
}

/** An ordinary client of the driver, connected as `connect` would, without the settings of a dump's session. */
export async function openClient(source: ConnectionSource): Promise<pg.Client> {
  const { default: driver } = await import("pg");
  const { opened } = await firstThatWorks(attemptsOf(source, process.env), (each) =>
    openPlainClient(driver, each),
  );
  return opened;
}

async function firstThatWorks<T>(
  attempts: readonly Attempt[],
  open: (attempt: Attempt) => Promise<T>,
): Promise<{ attempt: Attempt; opened: T }> {
  const failures: { readonly error: NexushubDumpError; readonly isTls: boolean }[] = [];
  for (const [i, attempt] of attempts.entries()) {
    try {
      return { attempt, opened: await open(attempt) };
    } catch (error) {
      const failure = cannotConnect(error, attempt);
      failures.push({ error: failure, isTls: isAboutTls(error) });
      const next = attempts[i + 1];
      if (next === undefined || failure.code !== "CONNECTION" || isFinal(error, attempt, next))
        break;
    }
  }
  // The first failure is the preferred way's. That a server has no TLS matters only when nothing else went wrong.
  throw (failures.find(({ isTls }) => !isTls) ?? failures[0]!).error;
}

function cannotConnect(error: unknown, { label }: Attempt): NexushubDumpError {
  return fromPg(error, { action: `connect to ${label}` });
}

function isAboutTls(error: unknown): boolean {
  const kind = driverFault(error)?.kind;
  return kind === "no-tls" || kind === "tls-refused";
}

/** A wrong password or unknown database is the same without TLS and on every host (libpq stops there too). */
function isFinal(error: unknown, attempt: Attempt, next: Attempt): boolean {
  const state = sqlState(error);
  if (state === undefined || state.startsWith("57P")) return false;
  // 28000 is also "no pg_hba.conf entry … no encryption": the other TLS mode may be the one allowed.
  return !(state === "28000" && attempt.config.host === next.config.host);
}
