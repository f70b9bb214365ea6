/** --no-tablespaces of a restore: everything goes to the default one, from an archive and from plain dumps. */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { convert } from "../../src/plain/convert/convert.ts";
import { restorePlain } from "../../src/plain/restore/restore-plain.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { secondCluster, type TestDatabase, withDatabase } from "../support/postgres.ts";

const OBJECTS = `
  SET default_tablespace = 'a fast "one"';
  CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT ' TABLESPACE x', UNIQUE (b)) WITH (fillfactor = 50);
  INSERT INTO t VALUES (1);
  CREATE TABLE parts (a int) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF parts DEFAULT;
  CREATE INDEX ON t (b, a); CREATE INDEX ON parts (a);
  CREATE MATERIALIZED VIEW m AS SELECT ' TABLESPACE x' AS a`;

const PLACED = `SELECT relname AS name FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND reltablespace <> 0 ORDER BY 1`;
const NAMES = [
  "m",
  "part",
  "part_a_idx",
  "parts",
  "parts_a_idx",
  "t",
  "t_b_a_idx",
  "t_b_key",
  "t_pkey",
];

async function expectDefault(target: TestDatabase): Promise<void> {
  expect(await target.query(PLACED)).toEqual([]);
  expect(await target.query("SELECT t.b || m.a AS text FROM t, m")).toEqual([
    { text: " TABLESPACE x TABLESPACE x" },
  ]);
}

test("whatever was in a tablespace that the target lacks comes back without it", async () => {
  const server = await secondCluster(18);
  const archive = new MemoryStore();
  await server.kept.query("SET allow_in_place_tablespaces = on");
  await server.kept.query(`CREATE TABLESPACE "a fast ""one""" LOCATION ''`);
  try {
    await withDatabase(
      async (source) => {
        await source.query(OBJECTS);
        expect((await source.query(PLACED)).map(({ name }) => name as string)).toEqual(NAMES);
        await dump(source.url, archive);
      },
      { server },
    );
  } finally {
    await server.kept.query(`DROP TABLESPACE IF EXISTS "a fast ""one"""`);
  }
  const plain = new MemoryStore();
  await convert(archive, plain);
  await withDatabase(
    async (target) => {
      await expect(restore(archive, target.url)).rejects.toMatchObject({
        code: "SERVER",
        hint: expect.stringContaining("--no-tablespaces"),
      });
      await restore(archive, target.url, { noTablespaces: true });
      await expectDefault(target);
    },
    { major: 18 },
  );
  await withDatabase(
    async (target) => {
      await expect(restorePlain(plain, target.url)).rejects.toMatchObject({ code: "SERVER" });
      await restorePlain(plain, target.url, { noTablespaces: true });
      await expectDefault(target);
    },
    { major: 18 },
  );
});

test("a dump of pg_dump chooses it for the session", async () => {
  const sql = gzipSync(`--\n-- PostgreSQL database dump\n--
SET default_tablespace = 'nowhere';
CREATE TABLE public.t (a integer);
SET default_tablespace = '';
CREATE TABLE public.u (a integer);
--\n-- PostgreSQL database dump complete\n--\n`);
  await withDatabase(async (target) => {
    const options = { trusted: true };
    await expect(restorePlain(new MemoryStore(sql), target.url, options)).rejects.toMatchObject({
      code: "SERVER",
    });
    await restorePlain(new MemoryStore(sql), target.url, { ...options, noTablespaces: true });
    expect(await target.query(PLACED)).toEqual([]);
  });
});
