/**
 * Which PostgreSQL the tests run on: `TEST_DATABASE_URL` when set; else a container when a Docker engine answers
 * and has or gets the image; else an embedded server. `NEXUSHUB_DUMP_TEST_SERVER=embedded` skips the engine.
 */
import { existsSync } from "node:fs";
import { Client } from "pg";
import { startEmbedded } from "../../src/testing/start-embedded.ts";

/** How long an image may take to arrive before the embedded server is taken instead. */
const CONTAINER_TIMEOUT_MS = 180_000;

/** Facts about a server for the workers; plain JSON. */
export interface ServerFacts {
  /** A superuser's connection string for the database `postgres`, or what TEST_DATABASE_URL says. */
  readonly url: string;
  readonly major: number;
  readonly origin: "url" | "container" | "embedded";
  /** Begins the names of all databases of this run. */
  readonly prefix: string;
}

export interface OpenServer {
  readonly facts: ServerFacts;
  close(): Promise<void>;
}

const say = (text: string): void => void process.stderr.write(`test servers: ${text}\n`);
const prefix = `nhd_${process.pid}_`;

/** The major to take where a test does not say one; undefined: TEST_DATABASE_URL's server, whatever it is. */
export function defaultMajor(cluster: string): number | undefined {
  if (cluster === "main" && process.env["TEST_DATABASE_URL"] !== undefined) return undefined;
  return Number(process.env["PGVERSION"] ?? 16);
}

async function askMajor(url: string): Promise<number> {
  const client = new Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version_num: string }>("SHOW server_version_num");
    return Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  } finally {
    await client.end();
  }
}

/** The server that the environment names: not ours, so it gets back only the databases that this run left. */
async function givenServer(url: string, major: number): Promise<OpenServer> {
  const close = async (): Promise<void> => {
    const client = new Client(url);
    await client.connect();
    const { rows } = await client.query<{ sql: string }>(
      `SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', datname) AS sql
         FROM pg_database WHERE starts_with(datname, $1)`,
      [prefix],
    );
    for (const { sql } of rows) await client.query(sql);
    await client.end();
  };
  return { facts: { url, major, origin: "url", prefix }, close };
}

function engineMayAnswer(): boolean {
  if (process.env["NEXUSHUB_DUMP_TEST_SERVER"] === "embedded") return false;
  return process.env["DOCKER_HOST"] !== undefined || existsSync("/var/run/docker.sock");
}

async function containerServer(major: number): Promise<OpenServer | undefined> {
  if (!engineMayAnswer()) return undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    const { PostgreSqlContainer } = await import("@testcontainers/postgresql");
    const container = await Promise.race([
      new PostgreSqlContainer(`postgres:${major}`).withUsername("postgres").start(),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("no image in time")), CONTAINER_TIMEOUT_MS);
      }),
    ]);
    const url = container.getConnectionUri();
    return {
      facts: { url, major, origin: "container", prefix },
      close: async () => void (await container.stop()),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`no container of postgres:${major} (${why}); using the embedded server`);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function embeddedServer(major: number): Promise<OpenServer> {
  const server = await startEmbedded({ major, settings: { autovacuum: false } });
  return {
    facts: { url: server.url, major, origin: "embedded", prefix },
    close: () => server.stop(),
  };
}

/**
 * Opens a server for this run.
 * @param cluster `main`, or another name for a further cluster, which is never TEST_DATABASE_URL's.
 * @param major from `defaultMajor` when the test did not say one.
 */
export async function openServer(cluster: string, major: number | undefined): Promise<OpenServer> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined && cluster === "main") {
    const has = await askMajor(given);
    if (major === undefined || major === has) return givenServer(given, has);
  }
  const wanted = major ?? defaultMajor(cluster) ?? 16;
  return (await containerServer(wanted)) ?? (await embeddedServer(wanted));
}
