/** Restores of tables that are large enough for COPY's binary format. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/swap/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { statementProxy } from "../support/statement-proxy.ts";
import { contentsOf } from "../support/table-contents.ts";

const SOURCE = `
  CREATE TYPE mood AS ENUM ('sad', 'o''k', 'ha	ppy');
  CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
  CREATE DOMAIN work_email AS email NOT NULL;
  CREATE TABLE "Every type" (
    id bigint PRIMARY KEY, mood mood, "e mail" work_email, at timestamptz(3), day date, amount numeric(12, 3),
    ratio float8, ip inet, net cidr, data jsonb, raw json, bytes bytea, code char(5), short varchar(9), small int2,
    four int4, yes bool, id2 uuid, noon time, twice bigint GENERATED ALWAYS AS (id * 2) STORED);
  INSERT INTO "Every type" SELECT g, (enum_range(NULL::mood))[1 + g % 3], 'a' || g || '@b\\c', now() - g * interval '7 hours',
    date '2000-01-01' - g, g * 1.234 - 5000, 1.0 / g, ('10.0.' || g % 256 || '.1')::inet, '2001:db8::/32',
    jsonb_build_object('g', g, 'text', E'a\\n"b"'), '{"a":  1}', decode(md5(g::text), 'hex'), 'ab', NULLIF('v' || g, 'v7'),
    g % 100, -g, g % 2 = 0, md5(g::text)::uuid, time '12:00' + g * interval '1 second'
    FROM generate_series(1, 8000) g;
  CREATE TABLE odd_row (n int, day date, filler text);
  INSERT INTO odd_row SELECT g, CASE g WHEN 6000 THEN date '0044-03-15 BC' WHEN 6001 THEN 'infinity' ELSE '2020-02-29' END,
    repeat('x', 150) FROM generate_series(1, 10000) g;
  CREATE TABLE points (n int, p point, filler text);
  INSERT INTO points SELECT g, point(g, g), repeat('x', 300) FROM generate_series(1, 5000) g;
  CREATE TABLE few (n int);
  INSERT INTO few VALUES (1), (2);
  CREATE TABLE routed (mood mood, filler text) PARTITION BY HASH (mood);
  CREATE TABLE routed_0 PARTITION OF routed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
  CREATE TABLE routed_1 PARTITION OF routed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
  INSERT INTO routed SELECT (enum_range(NULL::mood))[1 + g % 3], repeat('x', 300) FROM generate_series(1, 12000) g`;

let source: TestDatabase;
let archive: MemoryStore;
beforeAll(async () => {
  source = await freshDatabase();
  await source.query(SOURCE);
  archive = new MemoryStore();
  await dump(source.url, archive);
});
afterAll(() => source.drop());

/** A fresh database with the archive's contents, and the COPY statements that filled it, without their columns. */
async function restored(
  jobs: number | undefined,
): Promise<{ target: TestDatabase; copies: string[] }> {
  const target = await freshDatabase();
  const copies: string[] = [];
  const proxy = await statementProxy(target.url, (sql) => {
    const copy = /^COPY (public\.(?:"[^"]+"|\w+)).*FROM STDIN \((.*)\)$/.exec(sql);
    if (copy !== null) copies.push(`${copy[1]} ${copy[2]}`);
  });
  try {
    await restore(archive, proxy.url, jobs === undefined ? {} : { swap: { jobs, keepOld: 0 } });
  } finally {
    proxy.close();
  }
  return { target, copies: copies.sort() };
}

describe("a restore", () => {
  test.each([
    ["in one transaction", undefined],
    ["beside the live database", 1],
  ])("%s sends what it can in the binary format", async (_, jobs) => {
    const { target, copies } = await restored(jobs);
    try {
      // Which partitions have rows follows from the oids of the labels.
      const [routed] = await source.query<{ partitions: number }>(
        "SELECT count(DISTINCT tableoid)::int AS partitions FROM routed",
      );
      expect(copies).toEqual([
        `public."Every type" FREEZE, FORMAT binary`,
        "public.few FREEZE, ENCODING 'UTF8'",
        "public.odd_row FREEZE, ENCODING 'UTF8'",
        "public.odd_row FREEZE, FORMAT binary",
        "public.points FREEZE, ENCODING 'UTF8'",
        ...Array.from({ length: routed!.partitions }, () => "public.routed FORMAT binary"),
      ]);
      const withoutRouted = async (database: TestDatabase): Promise<Record<string, string>> =>
        Object.fromEntries(
          Object.entries(await contentsOf(database)).filter(([name]) => !name.includes("routed_")),
        );
      expect(await withoutRouted(target)).toEqual(await withoutRouted(source));
      const counts = `SELECT mood::text, count(*)::int FROM routed GROUP BY 1 ORDER BY 1`;
      expect(await target.query(counts)).toEqual(await source.query(counts));
    } finally {
      await target.drop();
    }
  });

  test("over many connections sends text, which takes less of this process", async () => {
    const { target, copies } = await restored(4);
    await target.drop();
    expect(copies.filter((copy) => copy.includes("binary"))).toEqual([]);
  });

  test("into another encoding has the server convert", async () => {
    await withDatabase(
      async (target) => {
        await restore(archive, target.url);
        const sum = "SELECT md5(string_agg(x::text, '' ORDER BY id)) FROM \"Every type\" x";
        expect(await target.query(sum)).toEqual(await source.query(sum));
      },
      { encoding: "LATIN1" },
    );
  });

  test.each([4000, 7000])(
    "names the table and the row that the target refuses: %i",
    async (row) => {
      await withDatabase(async (target) => {
        await restore(archive, target.url, { schemaOnly: true });
        await target.query(`ALTER TABLE odd_row ADD CHECK (n < ${row})`);
        const refused = restore(archive, target.url, { dataOnly: true });
        await expect(refused).rejects.toMatchObject({
          code: "SERVER",
          object: "table public.odd_row",
          message: expect.stringContaining(`(line ${row} of its data)`) as string,
        });
        expect(await target.query('SELECT FROM "Every type"')).toEqual([]);
      });
    },
  );
});
