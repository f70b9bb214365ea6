/** The corpus: SQL files that each create one kind of object in many forms, with the majors and roles that they need. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { escapeIdentifier } from "pg";
import type { TestDatabase } from "./postgres.ts";

const FOLDER = fileURLToPath(new URL("../corpus/", import.meta.url));

export interface CorpusCase {
  /** The file name without its extension. */
  readonly name: string;
  readonly sql: string;
  readonly oldest: number;
  readonly newest: number;
  /** Encoding of the databases; undefined for the server's default. */
  readonly encoding: string | undefined;
  /** Roles that must exist in the cluster. */
  readonly roles: readonly string[];
}

/** All cases for a major, by name. */
export function corpus(major: number): CorpusCase[] {
  return wholeCorpus().filter(({ oldest, newest }) => oldest <= major && major <= newest);
}

/** All cases, by name. */
export function wholeCorpus(): CorpusCase[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => parse(file.slice(0, -4), readFileSync(FOLDER + file, "utf8")));
}

function parse(name: string, sql: string): CorpusCase {
  const header = (key: string): string | undefined =>
    new RegExp(`^-- ${key}: (.*)$`, "m").exec(sql)?.[1];
  const [oldest = 13, newest = oldest] = header("majors")?.split("-").map(Number) ?? [13, 18];
  return {
    name,
    sql,
    oldest,
    newest,
    encoding: header("encoding"),
    roles: header("roles")?.split(", ") ?? [],
  };
}

/** Creates the roles of a case and runs its SQL. */
export async function loadCase(database: TestDatabase, { roles, sql }: CorpusCase): Promise<void> {
  for (const name of roles) {
    // Another test file can create the same role at the same time.
    await database.server
      .admin(`CREATE ROLE ${escapeIdentifier(name)}`)
      .catch((error: { code?: string }) => {
        if (error.code !== "42710" && error.code !== "23505") throw error;
      });
  }
  await database.query(sql);
}

/** Drops all subscriptions, because a database with any cannot be dropped. */
export async function dropSubscriptions(database: TestDatabase): Promise<void> {
  const rows = await database.query<{ subname: string }>(
    "SELECT subname FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE datname = current_database()",
  );
  for (const { subname } of rows) {
    const name = escapeIdentifier(subname);
    await database.query(`ALTER SUBSCRIPTION ${name} DISABLE`);
    await database.query(`ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`);
    await database.query(`DROP SUBSCRIPTION ${name}`);
  }
}
