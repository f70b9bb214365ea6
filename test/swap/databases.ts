/** The databases that a swap leaves beside another one. */
import { escapeIdentifier } from "pg";
import type { TestDatabase } from "../support/postgres.ts";

/** What is needed of a database and its server. */
export type LiveDatabase = Pick<TestDatabase, "name"> & {
  readonly server: Pick<TestDatabase["server"], "kept">;
};

/** Their names, without that of the database itself. */
export async function namesBeside({ name, server }: LiveDatabase): Promise<string[]> {
  const { rows } = await server.kept.query(
    "SELECT datname FROM pg_database WHERE starts_with(datname, $1) AND datname <> $2 ORDER BY 1",
    [name.slice(0, 40), name],
  );
  return rows.map((row) => String((row as { datname: unknown }).datname));
}

export async function dropBeside(database: LiveDatabase): Promise<void> {
  for (const name of await namesBeside(database))
    await database.server.kept.query(`DROP DATABASE ${escapeIdentifier(name)} WITH (FORCE)`);
}
