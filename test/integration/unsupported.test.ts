/** Objects that cannot be dumped stop a dump by name, or are left out with a warning on request. */
import { expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

// A catalog row of a kind that no version knows stands for what a later version may bring.
const UNKNOWN = `
  SET allow_system_table_mods = on;
  CREATE SCHEMA s; CREATE TYPE s.strange AS ENUM ();
  UPDATE pg_type SET typtype = 'z' WHERE typname = 'strange'`;

test("names the object, or records that it was left out", async () => {
  await withDatabase(async (database) => {
    await database.query(UNKNOWN);
    await expect(dump(database.url, new MemoryStore())).rejects.toMatchObject({
      code: "UNSUPPORTED_OBJECT",
      objects: ["type s.strange"],
    });
    await dump(database.url, new MemoryStore(), { schemas: ["public"] });
    await dump(database.url, new MemoryStore(), { excludeSchemas: ["s"] });
    await expect(dump(database.url, new MemoryStore(), { schemas: ["s"] })).rejects.toMatchObject({
      code: "UNSUPPORTED_OBJECT",
    });
    const store = new MemoryStore();
    const { warnings } = await dump(database.url, store, { skipUnsupported: true });
    expect(warnings).toEqual([
      {
        code: "unsupported-object",
        object: "type s.strange",
        message: "type s.strange cannot be dumped and was left out",
      },
    ]);
    const reader = await openArchive(store);
    expect(reader.manifest.warnings).toEqual(warnings);
    await reader.close();
  });
});

// What is left of a schema that was dropped while something was created in it.
test.each([13, 18])(
  "on %i objects whose schema is gone are named, and harm no server",
  async (major) => {
    const orphans = `
    CREATE TABLE kept (a int); CREATE SCHEMA gone; CREATE TABLE gone.t (a int); CREATE TYPE gone.e AS ENUM ();
    CREATE FUNCTION gone.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE COLLATION gone.c FROM "C";
    DELETE FROM pg_namespace WHERE nspname = 'gone'`;
    await withDatabase(
      async (database) => {
        await database.query(orphans);
        const gone = (name: string): unknown =>
          expect.stringMatching(
            new RegExp(`^${name} \\(oid \\d+\\), whose schema \\(oid \\d+\\) is gone$`),
          );
        await expect(dump(database.url, new MemoryStore())).rejects.toMatchObject({
          code: "UNSUPPORTED_OBJECT",
          objects: [
            gone("pg_type e"),
            gone("pg_proc f"),
            gone("pg_class t"),
            gone("pg_collation c"),
          ],
        });
        const store = new MemoryStore();
        const { warnings } = await dump(database.url, store, { skipUnsupported: true });
        expect(warnings.map(({ code }) => code)).toEqual(Array(4).fill("unsupported-object"));
        const { dropped } = await restore(store, database.url, { force: true });
        expect(dropped).toEqual(["table public.kept"]);
      },
      { major },
    );
  },
);

/** What a dump is refused for, with and without --skip-unsupported, and that the server lives on. */
async function refusals(database: { readonly url: string }): Promise<(string[] | null)[]> {
  const results: (string[] | null)[] = [];
  for (const skipUnsupported of [false, true])
    results.push(
      await dump(database.url, new MemoryStore(), { skipUnsupported }).then(
        () => null,
        (error: unknown) => {
          expect(error).toMatchObject({ code: "UNSUPPORTED_OBJECT" });
          return (error as { objects: string[] }).objects.map((object) =>
            object.replaceAll(/\boid \d+/g, "oid"),
          );
        },
      ),
    );
  return results;
}

const LOSE_SCHEMA =
  "SET allow_system_table_mods = on; DELETE FROM pg_namespace WHERE nspname = 'gone'";
const lost = (name: string): string => `${name} (oid), whose schema (oid) is gone`;

test.each([
  ["statistics", "CREATE STATISTICS gone.st ON a, b FROM kept", [lost("pg_statistic_ext st")]],
  [
    "an operator that a class uses",
    `CREATE OPERATOR gone.=== (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int);
     CREATE OPERATOR CLASS cls FOR TYPE int USING btree AS OPERATOR 3 gone.===, FUNCTION 1 btint4cmp(int, int)`,
    [lost('pg_operator "==="')],
  ],
  ["an extension", "CREATE EXTENSION citext SCHEMA gone", [lost("pg_extension citext")]],
  [
    "an extension with a member that was added",
    "CREATE EXTENSION citext SCHEMA gone; CREATE TABLE gone.more (a int); ALTER EXTENSION citext ADD TABLE gone.more",
    [lost("pg_extension citext")],
  ],
  [
    "parts of a table",
    `CREATE TABLE gone.t (a int); CREATE POLICY p ON gone.t USING (true); CREATE RULE r AS ON DELETE TO gone.t DO NOTHING;
     CREATE TRIGGER tr BEFORE UPDATE ON gone.t FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    ["policy p on t", "rule r on t", "trigger tr on t", lost("pg_class t")],
  ],
  [
    "the parent of a partition",
    "CREATE TABLE gone.t (a int) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF gone.t DEFAULT",
    [lost("pg_class t")],
  ],
  [
    "what is said of a schema",
    `ALTER DEFAULT PRIVILEGES IN SCHEMA gone GRANT SELECT ON TABLES TO PUBLIC;
     CREATE PUBLICATION pub FOR TABLES IN SCHEMA gone`,
    ["publication namespace oid", "pg_default_acl oid, whose schema (oid) is gone"],
  ],
])("names what is left of a schema that is gone: %s", async (_, sql, objects) => {
  await withDatabase(
    async (database) => {
      await database.query(
        `CREATE TABLE kept (a int, b int); CREATE SCHEMA gone; ${sql}; ${LOSE_SCHEMA}`,
      );
      expect(await refusals(database)).toEqual([objects, null]);
    },
    { major: 18 },
  );
});

test.each([
  [
    "an operator in a view",
    `CREATE OPERATOR gone.=== (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int);
     CREATE VIEW v AS SELECT b OPERATOR(gone.===) 1 AS same FROM kept`,
    lost('pg_operator "==="'),
  ],
  [
    "an extension's operator class in an index",
    "CREATE EXTENSION pg_trgm SCHEMA gone; CREATE INDEX ON kept USING gin (a gone.gin_trgm_ops)",
    lost("pg_opclass gin_trgm_ops"),
  ],
])("asks the server for nothing that would crash it: %s", async (_, sql, object) => {
  await withDatabase(
    async (database) => {
      await database.query(
        `CREATE TABLE kept (a text, b int); CREATE SCHEMA gone; ${sql}; ${LOSE_SCHEMA}`,
      );
      expect(await refusals(database)).toEqual([[object], [object]]);
    },
    { major: 18 },
  );
});

test("names columns of children that no statement creates, in the same list and whatever is to be skipped", async () => {
  await withDatabase(async (database) => {
    await database.query(`${UNKNOWN};
      CREATE TABLE p (a int); CREATE TABLE plain (b int) INHERITS (p);
      ALTER TABLE p ADD b int GENERATED ALWAYS AS (a * 2) STORED;
      CREATE TABLE q (a int); CREATE TABLE alone (b int GENERATED ALWAYS AS (a * 5) STORED) INHERITS (q);
      ALTER TABLE q ADD b int`);
    const columns = [
      "table public.alone: b is generated, its parent's is not",
      "table public.plain: b is not generated, its parent's is",
    ];
    const dumped = (options: DumpOptions) =>
      dump(database.url, new MemoryStore(), options).catch((error: unknown) => error);
    const refusal = (objects: string[]) => ({
      code: "UNSUPPORTED_OBJECT",
      objects,
      hint: expect.stringContaining("parent") as string,
    });
    expect(await dumped({})).toMatchObject(refusal(["type s.strange", ...columns]));
    expect(await dumped({ skipUnsupported: true })).toMatchObject(refusal(columns));
    expect(await dumped({ tables: ["p", "plain"] })).toMatchObject(refusal(columns.slice(1)));
    expect(await dumped({ dataOnly: true })).toMatchObject({ rows: 0 });
    const without = { excludeTables: ["alone", "plain"], excludeSchemas: ["s"] };
    expect(await dumped(without)).toMatchObject({ warnings: [] });
  });
});

// One object for each column that tells kinds apart, with a value that no version has.
const STRANGERS = `
  SET allow_system_table_mods = on;
  CREATE FUNCTION strange() RETURNS int LANGUAGE sql AS 'SELECT 1';
  UPDATE pg_proc SET prokind = 'z' WHERE proname = 'strange';
  CREATE TABLE odd (a int CONSTRAINT peculiar CHECK (a > 0)); CREATE POLICY p ON odd USING (true);
  UPDATE pg_constraint SET contype = 'z' WHERE conname = 'peculiar'; UPDATE pg_policy SET polcmd = 'z';
  CREATE SEQUENCE weird; UPDATE pg_class SET relkind = 'z' WHERE relname = 'weird';
  CREATE COLLATION foreign_words (LOCALE = 'C'); UPDATE pg_collation SET collprovider = 'z' WHERE collname = 'foreign_words';
  CREATE ACCESS METHOD columnar TYPE TABLE HANDLER heap_tableam_handler; UPDATE pg_am SET amtype = 'z' WHERE amname = 'columnar';
  CREATE TABLE later (a int, b int GENERATED ALWAYS AS (a + 1) STORED);
  UPDATE pg_attribute SET attgenerated = 'z' WHERE attrelid = 'later'::regclass AND attname = 'b'`;

test("knows each value that tells kinds apart, and names what has another", async () => {
  await withDatabase(async (database) => {
    await database.query(STRANGERS);
    const error: unknown = await dump(database.url, new MemoryStore()).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: "UNSUPPORTED_OBJECT" });
    expect((error as { objects: string[] }).objects).toEqual([
      "access method columnar",
      "collation public.foreign_words",
      "function public.strange()",
      "policy p on public.odd",
      "relation public.weird",
      "table public.later",
      "table constraint peculiar on public.odd",
    ]);
  });
});
