/** What a release of format 1 wrote is restored as it was then. */
import { expect, test } from "vitest";
import { restore } from "../../src/restore/restore.ts";
import { unpack } from "../../src/pack/unpack.ts";
import { MemoryStore } from "../support/archives.ts";
import {
  COMPLETE_ARCHIVES,
  FORMAT_1_ROWS,
  format1Archive,
  format1Path,
  rowsOf,
} from "../support/format-1.ts";
import { withDatabase } from "../support/postgres.ts";

test.each(COMPLETE_ARCHIVES)("%s", async (name) => {
  await withDatabase(async (database) => {
    await restore(format1Archive(name), database.url);
    expect(await rowsOf(database)).toEqual(FORMAT_1_ROWS);
    const [large] = await database.query<{ text: string; empty: string }>(
      "SELECT convert_from(lo_get(100001), 'UTF8') AS text, lo_get(100002)::text AS empty",
    );
    expect(large).toEqual({ text: "large object ".repeat(300), empty: "\\x" });
    const [next] = await database.query("SELECT nextval('orders_id_seq')::int AS id");
    expect(next).toEqual({ id: 91 });
  });
});

test("schema and rows from two archives", async () => {
  await withDatabase(async (database) => {
    await restore(format1Archive("schema-only.tar.gz"), database.url);
    await restore(format1Archive("data-only.tar.gz"), database.url);
    expect(await rowsOf(database)).toEqual(FORMAT_1_ROWS);
  });
});

test("masked rows", async () => {
  await withDatabase(async (database) => {
    await restore(format1Archive("masked.tar.gz"), database.url);
    const [users] = await database.query(
      "SELECT count(*) FILTER (WHERE email LIKE 'masked%')::int AS masked, count(name)::int AS names FROM users",
    );
    expect(users).toEqual({ masked: 60, names: 0 });
    const [log] = await database.query("SELECT count(*)::int AS n FROM log");
    expect(log).toEqual({ n: 40 });
  });
});

test("a selection, and a sample of it", async () => {
  await withDatabase(async (database) => {
    // As with pg_dump -t, what the tables need is not in the archive.
    await restore(format1Archive("schema-only.tar.gz"), database.url);
    const rowsAlone = { dataOnly: true, disableTriggers: true };
    await restore(format1Archive("selected.tar.gz"), database.url, rowsAlone);
    const { users, orders } = FORMAT_1_ROWS;
    expect(await rowsOf(database)).toMatchObject({ users, orders, nothing: "0 none" });
  });
  await withDatabase(async (database) => {
    await restore(format1Archive("sample.tar.gz"), database.url);
    const [orders] = await database.query("SELECT max(id)::int AS newest FROM orders");
    expect(orders).toEqual({ newest: 90 });
  });
});

test("a packed folder of layout 1", async () => {
  await withDatabase(async (database) => {
    const store = new MemoryStore();
    await unpack(format1Path("folder"), store);
    await restore(store, database.url);
    expect(await rowsOf(database)).toEqual(FORMAT_1_ROWS);
  });
});
