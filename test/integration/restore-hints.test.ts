/** What a restore cannot create, as rows break it or the target lacks what it names: the error says what to do. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

test.each([
  [
    "a foreign key whose rows nobody checked",
    `CREATE TABLE p (a int PRIMARY KEY); CREATE TABLE c (a int REFERENCES p);
     SET session_replication_role = replica; INSERT INTO c VALUES (9)`,
    "foreign key public.c c_a_fkey",
    "--exclude-table-data",
  ],
  [
    "an index that let in what it forbids",
    `CREATE TABLE t (a int); CREATE UNIQUE INDEX u ON t (a); INSERT INTO t VALUES (1);
     UPDATE pg_index SET indisready = false, indisvalid = false WHERE indexrelid = 'u'::regclass;
     INSERT INTO t VALUES (1); UPDATE pg_index SET indisready = true, indisvalid = true WHERE indexrelid = 'u'::regclass`,
    "index public.u",
    "REINDEX",
  ],
  [
    "a check by a function that was changed",
    `CREATE FUNCTION ok(int) RETURNS bool LANGUAGE sql AS 'SELECT true'; CREATE TABLE t (a int CHECK (ok(a)));
     INSERT INTO t VALUES (1); CREATE OR REPLACE FUNCTION ok(int) RETURNS bool LANGUAGE sql AS 'SELECT false'`,
    "check constraint public.t t_a_check",
    "a function that it calls",
  ],
  [
    "a function that the script of an extension creates",
    "CREATE EXTENSION citext; ALTER EXTENSION citext DROP FUNCTION strpos(citext, citext)",
    "function public.strpos(public.citext, public.citext)",
    "the script of an extension",
  ],
])("%s", async (_name, sql, object, hint) => {
  await withDatabase(async (source) => {
    for (const statement of sql
      .split("; UPDATE")
      .map((part, i) => (i === 0 ? part : `UPDATE${part}`)))
      await source.query(statement);
    const archive = new MemoryStore();
    await dump(source.url, archive);
    await withDatabase(async (target) => {
      await expect(restore(archive, target.url)).rejects.toMatchObject({
        code: "SERVER",
        object,
        hint: expect.stringContaining(hint),
      });
      const edited = expect.stringContaining("--use-list") as unknown;
      await expect(restore(archive, target.url)).rejects.toMatchObject({ hint: edited });
      await restore(archive, target.url, { leaveOut: ({ name }) => object.endsWith(name) });
    });
  });
});

test.each([
  ["", "load rows"],
  // Checked when all rows are loaded, whatever else was restored.
  [" DEFERRABLE INITIALLY DEFERRED", "check the rows against the constraints of the target"],
])("rows alone that refer to a table without any%s", async (deferred, action) => {
  await withDatabase(async (source) => {
    const schema = `CREATE TABLE "P" (a int PRIMARY KEY); CREATE TABLE c (a int CONSTRAINT "to P" REFERENCES "P"${deferred})`;
    await source.query(schema);
    await source.query(`INSERT INTO "P" VALUES (1); INSERT INTO c VALUES (1)`);
    const archive = new MemoryStore();
    await dump(source.url, archive);
    const onlyChild = new MemoryStore();
    await dump(source.url, onlyChild, { tables: ["c"] });
    await withDatabase(async (target) => {
      await target.query(schema);
      const refused = {
        code: "SERVER",
        message: expect.stringContaining(action),
        hint: expect.stringContaining(
          'foreign key "to P" of table public.c refers to table public."P", whose rows are not restored',
        ),
      };
      const options = { dataOnly: true } as const;
      await expect(
        restore(archive, target.url, { ...options, excludeTableData: ['"P"'] }),
      ).rejects.toMatchObject(refused);
      await expect(restore(onlyChild, target.url, options)).rejects.toMatchObject(refused);
      // Where they are there already, nothing is wrong.
      await target.query(`INSERT INTO "P" VALUES (1)`);
      await restore(onlyChild, target.url, options);
    });
  });
});

test("a collation of the system that the target lacks is named, with where it comes from", async () => {
  await withDatabase(async (source) => {
    await source.query(`SET allow_system_table_mods = on;
      UPDATE pg_collation SET collname = 'xx_XX.utf8' WHERE collname = 'ucs_basic'`);
    await source.query('CREATE TABLE t (a text COLLATE "xx_XX.utf8")');
    const archive = new MemoryStore();
    await dump(source.url, archive);
    await withDatabase(async (target) => {
      await expect(restore(archive, target.url)).rejects.toMatchObject({
        object: "table public.t",
        hint: expect.stringContaining("pg_import_system_collations"),
      });
    });
  });
});
