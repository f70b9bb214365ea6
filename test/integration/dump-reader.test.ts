/** As whom a dump reads, and what: --role, --snapshot, --enable-row-security, and rights that are missing. */
import { escapeIdentifier } from "pg";
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

/** A database, a login without rights of its own, and a role that it is a member of. */
async function withRoles(
  body: (database: TestDatabase, login: string, role: string) => Promise<void>,
): Promise<void> {
  await withDatabase(async (database) => {
    const [login, role] = [`${database.name}_login`, `${database.name} "role"`];
    await database.query(
      `CREATE ROLE ${escapeIdentifier(role)};
       CREATE ROLE ${escapeIdentifier(login)} LOGIN NOINHERIT PASSWORD 'pw' IN ROLE ${escapeIdentifier(role)}`,
    );
    const url = new URL(database.url);
    url.username = login;
    url.password = "pw";
    try {
      await body(database, url.href, role);
    } finally {
      for (const name of [login, role])
        await database.query(
          `DROP OWNED BY ${escapeIdentifier(name)} CASCADE; DROP ROLE ${escapeIdentifier(name)}`,
        );
    }
  });
}

/** The archive's rows by table, whether it is partial, and the objects of the warnings. */
async function dumped(url: string, options: DumpOptions) {
  const store = new MemoryStore();
  const { warnings } = await dump(url, store, options);
  const reader = await openArchive(store);
  await reader.close();
  const { manifest } = reader;
  return {
    rows: Object.fromEntries(manifest.relations.map(({ name, rows }) => [name, rows])),
    partial: manifest.partial,
    warnings: warnings.map(({ code, object }) => [code, object]),
  };
}

test("all connections take on the role", async () => {
  await withRoles(async (database, login, role) => {
    await database.query(`
      CREATE TABLE t AS SELECT g AS a FROM generate_series(1, 100) g;
      CREATE SEQUENCE s;
      GRANT SELECT ON t, s TO ${escapeIdentifier(role)}`);
    await expect(dump(login, new MemoryStore())).rejects.toMatchObject({
      code: "PERMISSION",
      message: "no permission to read table public.t; sequence public.s",
    });
    for (const jobs of [1, 3])
      expect((await dumped(login, { role, jobs })).rows).toEqual({ t: 100 });
    await expect(dump(login, new MemoryStore(), { role: "nobody at all" })).rejects.toMatchObject({
      code: "SERVER",
    });
  });
});

test("row security is refused before anything is locked, or dumps what it shows", async () => {
  await withRoles(async (database, login, role) => {
    const reader = escapeIdentifier(role);
    await database.query(`
      CREATE TABLE open (a int);
      INSERT INTO open VALUES (1);
      CREATE TABLE notes (a int);
      INSERT INTO notes VALUES (1), (2), (3);
      ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
      CREATE POLICY few ON notes TO ${reader} USING (a < 3);
      GRANT SELECT ON open, notes TO ${reader};
      SELECT lo_create(4711)`);
    await expect(dump(login, new MemoryStore(), { role })).rejects.toMatchObject({
      code: "PERMISSION",
      message:
        "no permission to read table public.notes, whose rows row security hides; large object 4711",
    });
    const enabled = { role, enableRowSecurity: true, noLargeObjects: true };
    expect(await dumped(login, enabled)).toEqual({
      rows: { notes: 2, open: 1 },
      partial: true,
      warnings: [["row-security", "table public.notes"]],
    });
    expect((await dumped(login, { role, tables: ["open"] })).rows).toEqual({ open: 1 });
    expect((await dumped(login, { role, schemaOnly: true })).rows).toEqual({});
    const excluded = { role, excludeTableData: ["notes"], noLargeObjects: true };
    expect((await dumped(login, excluded)).rows).toEqual({ open: 1 });
    await expect(dump(login, new MemoryStore(), { ...enabled, units: true })).rejects.toMatchObject(
      { code: "USAGE" },
    );
  });
});

test("children that are left out with their parents need no rights, as what a choice of tables leaves out", async () => {
  await withRoles(async (database, login, role) => {
    const reader = escapeIdentifier(role);
    await database.query(`
      CREATE TABLE open (a int); INSERT INTO open VALUES (1);
      CREATE TABLE closed (a int) PARTITION BY LIST (a); CREATE TABLE closed_1 PARTITION OF closed DEFAULT;
      CREATE TABLE notes (a int); CREATE TABLE old_notes () INHERITS (notes); CREATE TABLE oldest () INHERITS (old_notes);
      ALTER TABLE notes ENABLE ROW LEVEL SECURITY; ALTER TABLE oldest ENABLE ROW LEVEL SECURITY;
      GRANT SELECT ON open, notes, old_notes, oldest TO ${reader}; SELECT lo_create(4711)`);
    const left = { role, excludeTablesAndChildren: ["closed"], noLargeObjects: true };
    await expect(dump(login, new MemoryStore(), left)).rejects.toMatchObject({
      object: "tables public.notes, public.oldest",
    });
    const rows = { open: 1 };
    const withoutRows = { ...left, excludeTableDataAndChildren: ["notes"] };
    expect((await dumped(login, withoutRows)).rows).toEqual(rows);
    expect((await dumped(login, { role, tablesAndChildren: ["open"] })).rows).toEqual(rows);
    await expect(
      dump(login, new MemoryStore(), { role, tablesAndChildren: ["closed"] }),
    ).rejects.toMatchObject({ object: "tables public.closed, public.closed_1" });
  });
});

test("an extension's table with rows that row security hides is named before anything is locked", async () => {
  await withRoles(async (database, login, role) => {
    await database.query(`
      CREATE EXTENSION pg_trgm; CREATE TABLE jobs (a int); ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
      GRANT SELECT ON jobs TO ${escapeIdentifier(role)}; ALTER EXTENSION pg_trgm ADD TABLE jobs;
      UPDATE pg_extension SET extconfig = ARRAY['jobs'::regclass], extcondition = ARRAY[''] WHERE extname = 'pg_trgm'`);
    await expect(dump(login, new MemoryStore(), { role })).rejects.toMatchObject({
      message: "no permission to read table public.jobs, whose rows row security hides",
      hint: expect.stringContaining("BYPASSRLS"),
    });
    await dump(login, new MemoryStore(), { role, excludeTableData: ["jobs"] });
    await dump(login, new MemoryStore(), { role, excludeExtensions: ["pg_trgm"] });
  });
});

test.each([1, 3])("the snapshot of another session is read over %i connections", async (jobs) => {
  await withDatabase(async (database) => {
    await database.query("CREATE TABLE t AS SELECT g AS a FROM generate_series(1, 10) g");
    const client = await database.client();
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    const { rows } = await client.query<{ name: string }>("SELECT pg_export_snapshot() AS name");
    await database.query("INSERT INTO t SELECT g FROM generate_series(11, 50) g");
    const snapshot = rows[0]!.name;
    expect((await dumped(database.url, { snapshot, jobs })).rows).toEqual({ t: 10 });
    await client.query("COMMIT");
    await expect(dump(database.url, new MemoryStore(), { snapshot })).rejects.toMatchObject({
      code: "SERVER",
      message: expect.stringContaining(snapshot) as string,
    });
  });
});
