/** What the measurements stand on: the built package, a server of its own, databases to dump. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { type EmbeddedServer, startEmbedded } from "../src/embedded/index.ts";
import { loadNexusHubDemoData } from "../src/nexushub/demo-data/index.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * PostgreSQL's defaults, which NexusHub's own deployment runs with: everything is synced, WAL is written for
 * replicas. Autovacuum would work at times of its own choosing, and ten thousand tables need their locks.
 */
export const SERVER_SETTINGS = {
  autovacuum: false,
  max_locks_per_transaction: 512,
} as const;

export interface Bench {
  readonly server: EmbeddedServer;
  /** libpq's environment, for us and for the peers alike. */
  readonly env: Readonly<Record<string, string>>;
  /** The built program. */
  readonly program: string;
  /** The built library. */
  readonly library: string;
  /** For files; on the disk that holds temporary files. */
  readonly folder: string;
  readonly query: <Row extends pg.QueryResultRow>(database: string, sql: string) => Promise<Row[]>;
}

/** Compiles the package into a folder of its own, so that nobody's next build disturbs a run. */
export function build(): string {
  const folder = join(ROOT, "node_modules", ".cache", `nexushub-dump-bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(ROOT, "package.json"), join(folder, "package.json"));
  const dist = join(folder, "dist");
  execFileSync("npm", ["run", "--silent", "build:code", "--", `--outdir=${dist}`], {
    cwd: ROOT,
    stdio: "inherit",
  });
  return folder;
}

export async function startServer(major: number): Promise<EmbeddedServer> {
  return startEmbedded({ major, durable: true, settings: SERVER_SETTINGS });
}

export function bench(server: EmbeddedServer, built: string, folder: string): Bench {
  const { host, port, user, password } = server.connection();
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password };
  return {
    server,
    env,
    program: join(built, "dist", "cli", "main.js"),
    library: join(built, "dist", "index.js"),
    folder,
    async query<Row extends pg.QueryResultRow>(database: string, sql: string): Promise<Row[]> {
      const client = new pg.Client(server.connection(database));
      await client.connect();
      try {
        const result: unknown = await client.query<Row>(sql);
        return ((Array.isArray(result) ? result.at(-1) : result) as pg.QueryResult<Row>).rows;
      } finally {
        await client.end();
      }
    },
  };
}

/** An empty database, in place of any other of that name. */
export async function emptyDatabase({ query }: Bench, name: string): Promise<void> {
  await query("postgres", `DROP DATABASE IF EXISTS ${name}`);
  await query("postgres", `CREATE DATABASE ${name} TEMPLATE template0`);
  await query("postgres", "CHECKPOINT");
}

/** NexusHub's database with that many rows of the audit log, vacuumed and in the cache as far as that holds it. */
export async function nexushubDatabase(bench: Bench, rows: number): Promise<string> {
  const name = `nexushub_${rows}`;
  const [found] = await bench.query(
    "postgres",
    `SELECT FROM pg_database WHERE datname = '${name}'`,
  );
  if (found !== undefined) return name;
  await emptyDatabase(bench, name);
  await loadNexusHubDemoData(bench.server.urlOf(name), { auditRows: rows });
  await bench.query(name, "VACUUM ANALYZE");
  await bench.query("postgres", "CHECKPOINT");
  return name;
}

/** Tables that hold rows, as SQL names them, largest first. */
export async function tablesOf({ query }: Bench, database: string): Promise<string[]> {
  const rows = await query<{ name: string }>(
    database,
    `SELECT format('public.%I', relname) AS name FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
     ORDER BY relpages DESC, 1`,
  );
  return rows.map(({ name }) => name);
}

/** A file in the bench's folder. */
export function textFile({ folder }: Bench, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
