/** Which relations patterns choose, by pg_dump's rules; where a pg_dump is at hand, it must choose the very same. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import { parseFilter } from "../../src/plan/filter-file.ts";
import type { SelectOptions } from "../../src/plan/select-options.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { findTool } from "../support/tools.ts";

const MAJOR = 15;
const execute = promisify(execFile);
let database: TestDatabase;

beforeAll(async () => {
  database = await freshDatabase({ major: MAJOR });
  await database.query(`
    CREATE TABLE users (id serial); CREATE TABLE "Users" (a int); CREATE TABLE user_roles (a int);
    CREATE TABLE "a.b" (a int); CREATE TABLE "a*b" (a int); CREATE TABLE axb (a int); CREATE TABLE "a""b" (a int);
    CREATE TABLE "cost$" (a int); CREATE TABLE t1 (a int); CREATE TABLE t2 (a int); CREATE TABLE t10 (a int);
    CREATE TABLE "Ärger" (a int); CREATE TABLE "ärger" (a int); CREATE TABLE "int[]" (a int); CREATE TABLE "new
line" (a int);
    CREATE VIEW user_view AS SELECT 1 AS a; CREATE MATERIALIZED VIEW user_mat AS SELECT 1 AS a; CREATE SEQUENCE user_seq;
    CREATE INDEX users_index ON users (id); CREATE TYPE user_type AS (a int);
    CREATE SCHEMA app; CREATE TABLE app.users (a int); CREATE TABLE app.only_here (id int PRIMARY KEY REFERENCES app.only_here);
    CREATE SCHEMA "App"; CREATE TABLE "App".t1 (a int);
    CREATE TABLE app.root (k int) PARTITION BY LIST (k); CREATE TABLE app.root_1 PARTITION OF app.root FOR VALUES IN (1)`);
});
afterAll(async () => {
  await database.drop();
});

const FLAGS: Readonly<Partial<Record<keyof SelectOptions, string>>> = {
  schemas: "--schema",
  excludeSchemas: "--exclude-schema",
  tables: "--table",
  excludeTables: "--exclude-table",
};

/** `schema.name` of each relation that the archive makes. */
async function ours(options: SelectOptions): Promise<string[]> {
  const store = new MemoryStore();
  await dump(database.url, store, { ...options, schemaOnly: true });
  const reader = await openArchive(store);
  await reader.close();
  const kinds = new Set(["table", "view", "materialized-view", "sequence"]);
  return reader.manifest.objects
    .filter(({ kind }) => kinds.has(kind))
    .map(({ namespace, name }) => `${namespace}.${name}`)
    .sort();
}

/** The same of pg_dump, from the headings that it puts before each object; its own errors as they are. */
async function theirs(options: SelectOptions): Promise<string[] | undefined> {
  const tool = findTool("pg_dump", MAJOR);
  if (tool === undefined) return undefined;
  const given = Object.entries(FLAGS).flatMap(([option, flag]) =>
    ((options[option as keyof SelectOptions] ?? []) as readonly string[]).map(
      (text) => `${flag}=${text}`,
    ),
  );
  if (options.strictNames === true) given.push("--strict-names");
  const { stdout } = await execute(tool.path, [
    "--schema-only",
    ...given,
    `--dbname=${database.url}`,
  ]);
  const heading =
    /^-- Name: (.*); Type: (?:TABLE|VIEW|MATERIALIZED VIEW|SEQUENCE); Schema: (.*); Owner: /gm;
  // A line end in a name is shown as a space there.
  return [...stdout.matchAll(heading)].map(([, name, schema]) => `${schema}.${name}`).sort();
}

const USERS = ["public.users", "public.users_id_seq"];

test.each<[SelectOptions, string[]]>([
  [{ tables: ["users"] }, USERS],
  [{ tables: ["USERS"] }, USERS],
  [{ tables: ['"Users"'] }, ["public.Users"]],
  [{ tables: ["public.users"] }, USERS],
  [{ tables: ["PUBLIC.Users"] }, USERS],
  [{ tables: ["*.users"] }, ["app.users", ...USERS]],
  [{ tables: ["only_here"], strictNames: false, schemas: [] }, []],
  [{ tables: ["app.*"] }, ["app.only_here", "app.root", "app.root_1", "app.users"]],
  [{ tables: ["a?p.users"] }, ["app.users"]],
  [{ tables: ['"app".users', '"App".*'] }, ["App.t1", "app.users"]],
  [
    { tables: ["user*"] },
    ["public.user_mat", "public.user_roles", "public.user_seq", "public.user_view", ...USERS],
  ],
  [{ tables: ["t?"] }, ["public.t1", "public.t2"]],
  [{ tables: ["t*"], excludeTables: ["t1?"] }, ["public.t1", "public.t2"]],
  [{ tables: ["t[2-9]"] }, ["public.t2"]],
  [{ tables: ["t(1|2)"] }, ["public.t1", "public.t2"]],
  [{ tables: ["t[[:digit:]]+"] }, ["public.t1", "public.t10", "public.t2"]],
  [{ tables: ["t\\d"] }, ["public.t1", "public.t2"]],
  [{ tables: ["t1|t2"] }, ["public.t1", "public.t2"]],
  [{ tables: ['"a.b"'] }, ["public.a.b"]],
  [{ tables: ['"a*b"'] }, ["public.a*b"]],
  [{ tables: ["a*b"] }, ['public.a"b', "public.a*b", "public.a.b", "public.axb"]],
  [{ tables: ['a"*"b'] }, ["public.a*b"]],
  [{ tables: ['"a""b"'] }, ['public.a"b']],
  [{ tables: ["cost$"] }, ["public.cost$"]],
  [{ tables: ["Ärger"] }, ["public.Ärger"]],
  [{ tables: ["int[]"] }, ["public.int[]"]],
  [{ tables: ["new?line"] }, ["public.new\nline"]],
  [{ schemas: ["app"] }, ["app.only_here", "app.root", "app.root_1", "app.users"]],
  [{ schemas: ["APP"] }, ["app.only_here", "app.root", "app.root_1", "app.users"]],
  [{ schemas: ['"App"'] }, ["App.t1"]],
  [{ schemas: ["a*"], excludeTables: ["app.root*"] }, ["app.only_here", "app.users"]],
  [{ schemas: ["app"], tables: ["t1"] }, ["public.t1"]],
  [{ tables: ["app.root"] }, ["app.root"]],
  [{ tables: ["users_index", "t1"] }, ["public.t1"]],
  [{ tables: ["user_type", "t1"] }, ["public.t1"]],
  [{ excludeSchemas: ["public", "app"] }, ["App.t1"]],
  [{ tables: ["users"], excludeTables: ["users_id_seq"] }, USERS],
  [{ tables: ["users*"], excludeTables: ["users"] }, ["public.users_id_seq"]],
  [{ tables: ["users_id_seq"] }, ["public.users_id_seq"]],
  [{ tables: ["t1", "nowhere"] }, ["public.t1"]],
  [{ tables: ["t1"], excludeTables: ["nowhere"], strictNames: true }, ["public.t1"]],
])("%j", async (options, expected) => {
  if (expected.length === 0) {
    await expect(ours(options)).rejects.toMatchObject({ code: "USAGE" });
    if (findTool("pg_dump", MAJOR) !== undefined) await expect(theirs(options)).rejects.toThrow();
    return;
  }
  expect(await ours(options)).toEqual([...expected].sort());
  const listed = await theirs(options);
  if (listed !== undefined)
    expect(listed).toEqual(expected.map((it) => it.replace("\n", " ")).sort());
});

test.each<SelectOptions>([
  { tables: ["nowhere"] },
  { schemas: ["nowhere"] },
  { tables: ["t1", "nowhere"], strictNames: true },
  { schemas: ["app", "nowhere"], strictNames: true },
  { tables: ['"open'] },
  { tables: ["other.public.t1"] },
  { tables: ["a.b.c.d"] },
  { schemas: ["a.b.c"] },
  { schemas: ["other.app"] },
  { tables: ["t("] },
])("%j is refused", async (options) => {
  await expect(ours(options)).rejects.toMatchObject({ code: "USAGE" });
  // An unclosed quote is closed by the end of the pattern there.
  if (findTool("pg_dump", MAJOR) !== undefined) await expect(theirs(options)).rejects.toThrow();
});

test("a pattern may name the database that is dumped", async () => {
  const { name } = database;
  const options = { tables: [`${name}.public.t1`] };
  expect(await ours(options)).toEqual(["public.t1"]);
  expect((await theirs(options)) ?? ["public.t1"]).toEqual(["public.t1"]);
  expect(await ours({ schemas: [`${name}."App"`] })).toEqual(["App.t1"]);
});

test("a filter file chooses as the options do", async () => {
  const filter = parseFilter(`
    # all of one schema but a tree
    include schema app   # and no other
    exclude table "app".root*
  `);
  expect(await ours(filter)).toEqual(["app.only_here", "app.users"]);
});

test("large objects come with what they hold, or not at all", async () => {
  await database.query("SELECT lo_from_bytea(4711, 'x')");
  try {
    for (const [options, count] of [
      [{ excludeTableData: ["t1"] }, 1],
      [{ excludeTables: ["t1"] }, 1],
      [{ excludeSchemas: ["app"], dataOnly: true }, 1],
      [{ tables: ["t1"] }, 0],
      [{ schemas: ["app"] }, 0],
    ] as const) {
      const store = new MemoryStore();
      await dump(database.url, store, options);
      const reader = await openArchive(store);
      const { manifest } = reader;
      await reader.close();
      const made = manifest.objects.filter(({ kind }) => kind === "large-object").length;
      const held = manifest.relations.filter(({ kind }) => kind === "large-objects");
      const shown = [JSON.stringify(options), made, held.reduce((sum, { rows }) => sum + rows, 0)];
      expect(shown).toEqual([JSON.stringify(options), "dataOnly" in options ? 0 : count, count]);
    }
  } finally {
    await database.query("SELECT lo_unlink(4711)");
  }
});
