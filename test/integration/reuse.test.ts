/** A dump that reuses an earlier archive has the same rows as one that does not. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EmbeddedServer } from "../../src/embedded/index.ts";
import { dump } from "../../src/dump/dump.ts";
import { startEmbedded } from "../../src/testing/start-embedded.ts";
import { MemoryStore } from "../support/archives.ts";
import { expectSameWithReuse, tableOf, take, withManifest } from "../support/reuse.ts";

/** Of its own: a transaction that another test leaves open is one that an earlier snapshot did not see end. */
let server: EmbeddedServer;
let url: string;
let client: pg.Client;

beforeAll(async () => {
  const settings = { autovacuum: false, max_prepared_transactions: 5 };
  server = await startEmbedded({ major: Number(process.env["PGVERSION"] ?? 16), settings });
  const admin = new pg.Client(server.url);
  await admin.connect();
  await admin.query("CREATE DATABASE reuse TEMPLATE template0");
  await admin.end();
  url = server.urlOf("reuse");
  client = new pg.Client(url);
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await server?.stop();
});

/** A table with some 40 blocks in which each row is 200 bytes. */
async function table(name: string, more = ""): Promise<void> {
  await client.query(
    `DROP TABLE IF EXISTS ${name} CASCADE;
     CREATE TABLE ${name} (id int PRIMARY KEY, note text ${more});
     INSERT INTO ${name} (id, note) SELECT i, repeat(chr(97 + i % 26), 170) FROM generate_series(1, 1500) i`,
  );
}

test("all rows are reused when nothing changed, a second time too", async () => {
  await table("same");
  const first = await take(url);
  expect(first.result.reuse).toBeNull();
  const second = await expectSameWithReuse(url, first);
  expect(tableOf(second, "same")).toEqual({ rows: 1500, reusedRows: 1500, readWhole: null });
  expect(second.result.reuse).toMatchObject({ refused: null, reusedRows: second.result.rows });
  const third = await expectSameWithReuse(url, second);
  expect(third.result.reuse).toMatchObject({ readRows: 0 });
});

test("only units with changed rows are read", async () => {
  await table("changed");
  const first = await take(url);
  await client.query("UPDATE changed SET note = 'other' WHERE id = 700");
  await client.query("DELETE FROM changed WHERE id = 100");
  const second = await expectSameWithReuse(url, first);
  const { rows, reusedRows } = tableOf(second, "changed");
  expect(rows).toBe(1499);
  // The units of row 700, of its new version, and of row 100.
  expect(rows - reusedRows).toBeGreaterThan(0);
  expect(rows - reusedRows).toBeLessThan(150);
  // Part numbers of the first archive that are free again are used again.
  const third = await expectSameWithReuse(url, second);
  expect(third.result.reuse).toMatchObject({ readRows: 0 });
});

test.each(["gzip:4", "none"])(
  "members are copied as they are, compressed with %s",
  async (compression) => {
    await table("stored");
    const first = await take(url, { compression });
    await client.query("UPDATE stored SET note = 'other' WHERE id = 700");
    const second = await expectSameWithReuse(url, first, { compression });
    const digests = new Set(first.manifest.entries.map(({ sha256 }) => sha256));
    const relation = second.manifest.relations.find(({ name }) => name === "stored")!;
    const copied = relation.parts.filter(({ entry }) =>
      digests.has(second.manifest.entries[entry]!.sha256),
    );
    expect(copied.length).toBeGreaterThan(30);
    expect(relation.parts.length - copied.length).toBeLessThan(4);
  },
);

test("several connections give the same archive", async () => {
  await table("shared");
  const first = await take(url, { jobs: 3 });
  await client.query("UPDATE shared SET note = 'other' WHERE id % 400 = 0");
  const second = await expectSameWithReuse(url, first, { jobs: 3 });
  expect(tableOf(second, "shared").reusedRows).toBeGreaterThan(1000);
});

test("rows in TOAST and rows larger than a part are reused", async () => {
  await client.query(`
    CREATE TABLE toasted (id int, pad char(500), big text);
    ALTER TABLE toasted ALTER big SET STORAGE EXTERNAL;
    INSERT INTO toasted SELECT i, '', repeat(i::text, 3000) FROM generate_series(1, 300) i`);
  const options = { partBytes: 4000 };
  const first = await take(url, options);
  await client.query("UPDATE toasted SET big = repeat('x', 9000) WHERE id = 150");
  const second = await expectSameWithReuse(url, first, options);
  expect(tableOf(second, "toasted").reusedRows).toBeGreaterThan(100);
  await client.query("DROP TABLE toasted");
});

test("tables without units come along, and numbers stay apart", async () => {
  await table("numbered");
  await client.query("CREATE TABLE aaa_new (a int); INSERT INTO aaa_new VALUES (1)");
  const first = await take(url);
  await client.query("CREATE TABLE aa_before (a int); INSERT INTO aa_before VALUES (1)");
  await client.query("CREATE TABLE zz_empty (a int); SELECT lo_from_bytea(4711, '\\x0102')");
  const second = await expectSameWithReuse(url, first);
  expect(tableOf(second, "aa_before")).toEqual({ rows: 1, reusedRows: 0, readWhole: "new-table" });
  expect(tableOf(second, "zz_empty").readWhole).toBe("small");
  expect(tableOf(second, "pg_largeobject").readWhole).toBe("large-objects");
  await client.query("DROP TABLE aa_before, aaa_new, zz_empty; SELECT lo_unlink(4711)");
  const third = await expectSameWithReuse(url, second);
  expect(tableOf(third, "numbered").reusedRows).toBe(1500);
});

describe("a damaged earlier archive", () => {
  test("is replaced by rows from the server, part by part", async () => {
    await table("damaged");
    const options = { partBytes: 1500, unitBlocks: 4 };
    const first = await take(url, options);
    const relation = first.manifest.relations.find(({ name }) => name === "damaged")!;
    const bytes = Buffer.from(first.store.bytes);
    // The first part, another one of the same unit, and the last one.
    const chosen = [0, 9, relation.parts.length - 1].map((index) => relation.parts[index]!);
    for (const { entry } of chosen) {
      const { offset, length } = first.manifest.entries[entry]!;
      bytes[offset + length - 600]! ^= 1;
    }
    const second = await expectSameWithReuse(
      url,
      { ...first, store: new MemoryStore(bytes) },
      options,
    );
    expect(second.result.warnings.map(({ code, object }) => [code, object])).toEqual(
      Array.from({ length: 2 }, () => ["earlier-archive-damaged", "table public.damaged"]),
    );
    const { rows, reusedRows } = tableOf(second, "damaged");
    expect(rows - reusedRows).toBe(chosen.reduce((sum, part) => sum + part.rows, 0));
  });

  test("whose manifest cannot be read stops the dump", async () => {
    const bytes = Buffer.from((await take(url)).store.bytes);
    bytes[bytes.length - 2000]! ^= 1;
    await expect(
      dump(url, new MemoryStore(), { reuse: new MemoryStore(bytes) }),
    ).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
  });

  test("whose units lie about their rows stops the dump", async () => {
    await table("lying");
    const first = await take(url, { unitBlocks: 50 });
    // A unit that says what the server says, with the rows of another one.
    const forged = await withManifest(first, (manifest) => {
      const units = manifest.relations.find(({ name }) => name === "lying")!.units!;
      units.units[0]!.rows -= 1;
    }).catch((error: unknown) => error);
    expect(forged).not.toBeInstanceOf(Error);
    await expect(
      dump(url, new MemoryStore(), { reuse: (forged as { store: MemoryStore }).store }),
    ).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
  });
});
