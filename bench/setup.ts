/** The set-up of the measurements: the built package, a server, databases to dump. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { type EmbeddedServer, startEmbedded } from "../src/embedded/index.ts";
import { loadNexusHubDemoData } from "../src/nexushub/demo-data/index.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * PostgreSQL's defaults, as in NexusHub's deployment: everything is synced, and WAL is written for replicas. Two
 * exceptions: autovacuum would disturb single runs, and ten thousand tables need more locks.
 */
export const SERVER_SETTINGS = {
  autovacuum: false,
  max_locks_per_transaction: 512,
} as const;

export interface Bench {
  readonly server: EmbeddedServer;
  /** libpq's environment, the same for all programs. */
  readonly env: Readonly<Record<string, string>>;
  /** The built program. */
  readonly program: string;
  /** The built library. */
  readonly library: string;
  /** For files; on the disk that holds temporary files. */
  readonly folder: string;
  readonly query: <Row extends pg.QueryResultRow>(database: string, sql: string) => Promise<Row[]>;
}

/** Compiles the package into a separate folder, so that a later build does not disturb a run. */
export function build(): string {
  const folder = join(ROOT, "node_modules", ".cache", `nexushub-dump-bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(ROOT, "package.json"), join(folder, "package.json"));
  const dist = join(folder, "dist");
  execFileSync("npm", ["run", "--silent", "build:code", "--", `--outdir=${dist}`], {
    cwd: ROOT,
    stdio: "inherit",
  });
  const program = ["scripts/build-program.mjs", join(dist, "cli")];
  execFileSync(process.execPath, program, { cwd: ROOT, stdio: "inherit" });
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

/** Creates an empty database, replacing any of that name. */
export async function emptyDatabase({ query }: Bench, name: string): Promise<void> {
  await query("postgres", `DROP DATABASE IF EXISTS ${name}`);
  await query("postgres", `CREATE DATABASE ${name} TEMPLATE template0`);
  await query("postgres", "CHECKPOINT");
}

/** Drops the database, and what swaps kept of it. */
export async function dropWithKept({ query }: Bench, name: string): Promise<void> {
  const kept = await query<{ datname: string }>(
    "postgres",
    `SELECT datname FROM pg_database WHERE datname LIKE '${name}\\_old\\_%'`,
  );
  for (const database of [name, ...kept.map(({ datname }) => datname)])
    await query("postgres", `DROP DATABASE IF EXISTS ${database}`);
}

/** Creates NexusHub's database with `rows` rows of the audit log, vacuumed. An existing one is used again. */
export async function nexushubDatabase(bench: Bench, rows: number): Promise<string> {
  const name = `nexushub_${rows}`;
  const [existing] = await bench.query(
    "postgres",
    `SELECT FROM pg_database WHERE datname = '${name}'`,
  );
  if (existing !== undefined) return name;
  await emptyDatabase(bench, name);
  await loadNexusHubDemoData(bench.server.urlOf(name), { auditRows: rows });
  await bench.query(name, "VACUUM ANALYZE");
  await bench.query("postgres", "CHECKPOINT");
  return name;
}

/** The qualified names of the tables that hold rows, largest first. */
export async function tablesOf({ query }: Bench, database: string): Promise<string[]> {
  const rows = await query<{ name: string }>(
    database,
    `SELECT format('public.%I', relname) AS name FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
     ORDER BY relpages DESC, 1`,
  );
  return rows.map(({ name }) => name);
}

/** Writes a file in the bench's folder. */
export function textFile({ folder }: Bench, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true });
}
