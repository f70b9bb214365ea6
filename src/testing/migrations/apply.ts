/** Applies migrations that a database does not have yet, and records them where their tool would. */
import { createHash, randomUUID } from "node:crypto";
import type pg from "pg";
import { UsageError } from "../../errors.ts";
import { fromPg } from "../../pg/server-error.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { Migration, MigrationFolder } from "./folder.ts";

interface Tool {
  /** Where it records what was applied. */
  readonly createTable: string;
  /** Returns the last or all that were applied, as `name`; they are compared by `isPending`. */
  readonly applied: string;
  readonly isPending: (migration: Migration, applied: readonly string[]) => boolean;
  /** Its statements, each run by itself. */
  readonly statements: (sql: string) => readonly string[];
  readonly record: (migration: Migration) => string;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const asOneText = (sql: string): readonly string[] => [sql];

/** The tables are those that the tools' own sources create. */
const TOOLS: Readonly<Record<Exclude<MigrationFolder["tool"], "knex">, Tool>> = {
  prisma: {
    createTable: `CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL, finished_at timestamptz,
      migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,
      started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`,
    applied:
      "SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
    isPending: ({ name }, applied) => !applied.includes(name),
    statements: asOneText,
    record: ({ name, sql }) =>
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
       VALUES (${quoteLiteral(randomUUID())}, ${quoteLiteral(sha256(sql))}, now(), ${quoteLiteral(name)}, 1)`,
  },
  drizzle: {
    createTable: `CREATE SCHEMA IF NOT EXISTS drizzle;
      CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)`,
    applied: "SELECT max(created_at)::text AS name FROM drizzle.__drizzle_migrations",
    isPending: ({ when }, [last]) => last === undefined || when > Number(last),
    statements: (sql) => sql.split("--> statement-breakpoint"),
    record: ({ sql, when }) =>
      `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES (${quoteLiteral(sha256(sql))}, ${when})`,
  },
  "golang-migrate": {
    createTable:
      "CREATE TABLE IF NOT EXISTS schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)",
    applied: "SELECT version::text AS name FROM schema_migrations",
    isPending: ({ name }, [last]) => last === undefined || BigInt(name) > BigInt(last),
    statements: asOneText,
    record: ({ name }) =>
      `TRUNCATE schema_migrations; INSERT INTO schema_migrations VALUES (${BigInt(name)}, false)`,
  },
};

/**
 * @throws ServerError only when the server refuses a migration; `object` names it. UsageError for those of Knex, which are
 *   programs.
 */
export async function applyMigrations(
  client: pg.Client,
  { tool, migrations }: MigrationFolder,
): Promise<void> {
  if (tool === "knex") {
    throw new UsageError("openFixture: the migrations of Knex are programs", {
      hint: "give prepare, which runs them: prepare: async (_, url) => knex({ client: 'pg', connection: url }).migrate.latest()",
    });
  }
  const { createTable, applied, isPending, statements, record } = TOOLS[tool];
  await client.query(createTable);
  const { rows } = await client.query<{ name: string | null }>(applied);
  const names = rows.flatMap(({ name }) => (name === null ? [] : [name]));
  for (const migration of migrations.filter((each) => isPending(each, names))) {
    try {
      for (const sql of statements(migration.sql)) await client.query(sql);
      await client.query(record(migration));
    } catch (error) {
      const { name } = migration;
      throw fromPg(error, { action: `apply the migration ${name}`, object: `migration ${name}` });
    }
  }
}
