/** A database dumped and restored is the same database: rows, positions, large objects, and a second dump byte for byte. */
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { type TestDatabase, templateDatabase, withDatabase } from "../support/postgres.ts";
import { MemoryStore } from "../support/archives.ts";
import { EVERYTHING } from "../support/contents.ts";
import { Client } from "pg";
import { CHECKSUMS, SAMPLE_DATABASE } from "../support/sample-database.ts";

async function fixture(major: number | undefined): Promise<string> {
  return templateDatabase(
    "data_path",
    async (url) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      await client.query(SAMPLE_DATABASE);
      await client.end();
    },
    { major },
  );
}

/** A copy of the fixture, and an empty database beside it. */
async function pair(
  major: number | undefined,
  body: (source: TestDatabase, target: TestDatabase) => Promise<void>,
): Promise<void> {
  const template = await fixture(major);
  await withDatabase((source) => withDatabase((target) => body(source, target), { major }), {
    major,
    template,
  });
}

describe.each([13, 16, 18])("PostgreSQL %i", (major) => {
  test.each([
    { jobs: 1, partBytes: undefined, compression: "gzip:3" },
    { jobs: 4, partBytes: 1000, compression: "gzip:1" },
    { jobs: 3, partBytes: 64 * 1024, compression: "none" },
  ])(
    "restores everything with $jobs jobs, parts of $partBytes bytes, $compression",
    async (options) => {
      await pair(major, async (source, target) => {
        const store = new MemoryStore();
        const dumped = await dump(source.url, store, options);
        expect(dumped.jobs).toBe(options.jobs);
        const restored = await restore(store, target.url);
        expect(restored.rows).toBe(dumped.rows);
        expect(await target.query(CHECKSUMS)).toEqual(await source.query(CHECKSUMS));

        const [first, second] = [new MemoryStore(), new MemoryStore()];
        const reproducible = { ...options, reproducible: true };
        await dump(source.url, first, reproducible);
        await dump(target.url, second, { ...reproducible, jobs: 5 - options.jobs });
        expect(second.bytes.equals(first.bytes)).toBe(true);
      });
    },
  );

  test("is unmoved by settings of database and role", async () => {
    await pair(major, async (source, target) => {
      const [plain, odd] = [new MemoryStore(), new MemoryStore()];
      await dump(source.url, plain, { reproducible: true });
      for (const setting of [
        "search_path = public",
        "datestyle = 'German'",
        "intervalstyle = sql_standard",
        "timezone = 'Asia/Kathmandu'",
        "extra_float_digits = -3",
        "bytea_output = escape",
        "xmloption = document",
        "quote_all_identifiers = on",
        "standard_conforming_strings = off",
        "client_encoding = LATIN1",
        "default_transaction_read_only = on",
        "default_transaction_isolation = serializable",
        "statement_timeout = 20",
        "row_security = on",
        "client_min_messages = debug5",
        "check_function_bodies = on",
      ]) {
        await source.server.admin(`ALTER DATABASE "${source.name}" SET ${setting}`);
        await source.server.admin(`ALTER DATABASE "${target.name}" SET ${setting}`);
      }
      await dump(source.url, odd, { reproducible: true });
      expect(odd.bytes.equals(plain.bytes)).toBe(true);
      await restore(odd, target.url);
      await source.server.admin(`ALTER DATABASE "${source.name}" RESET ALL`);
      await source.server.admin(`ALTER DATABASE "${target.name}" RESET ALL`);
      expect(await target.query(CHECKSUMS)).toEqual(await source.query(CHECKSUMS));
    });
  });
});

describe("archives between places", () => {
  test("goes through a file, and from a stream that can be read once", async () => {
    await pair(undefined, async (source, target) => {
      const store = new MemoryStore();
      await dump(source.url, store);
      await restore(Readable.from([store.bytes]), target.url);
      expect(await target.query(CHECKSUMS)).toEqual(await source.query(CHECKSUMS));
    });
  });

  test("restores an archive of an older server into a newer one", async () => {
    const template = await fixture(13);
    await withDatabase(
      (source) =>
        withDatabase(
          async (target) => {
            const store = new MemoryStore();
            await dump(source.url, store);
            const { warnings } = await restore(store, target.url, { trusted: true });
            expect(warnings).toEqual([]);
            expect(await target.query(CHECKSUMS)).toEqual(await source.query(CHECKSUMS));
          },
          { major: 18 },
        ),
      { major: 13, template },
    );
  });

  test.each(["LATIN1", "EUC_JP", "SQL_ASCII"])(
    "keeps every byte of a %s database",
    async (encoding) => {
      await withDatabase(
        (source) =>
          withDatabase(
            async (target) => {
              const texts = {
                LATIN1: "'é' || chr(255)",
                EUC_JP: "'日本語'",
                SQL_ASCII: "convert_from('\\xff80fe', 'SQL_ASCII')",
              };
              await source.query(
                `CREATE TABLE t (a text); INSERT INTO t VALUES (${texts[encoding as keyof typeof texts]}), (E'x\\ty')`,
              );
              const store = new MemoryStore();
              // Of the cluster, in the encoding of another of its databases.
              await source.server.admin('CREATE ROLE "роль"');
              try {
                await dump(source.url, store, EVERYTHING);
              } finally {
                await source.server.admin('DROP ROLE "роль"');
              }
              await restore(store, target.url);
              const bytes = `SELECT array_agg(encode(convert_to(a, '${encoding}'), 'hex') ORDER BY a COLLATE "C") AS a FROM t`;
              expect(await target.query(bytes)).toEqual(await source.query(bytes));
              if (encoding !== "SQL_ASCII") {
                await withDatabase(async (unicode) => {
                  await restore(store, unicode.url);
                  const text = `SELECT a FROM t ORDER BY a COLLATE "C"`;
                  expect(new Set(await unicode.query(text))).toEqual(
                    new Set(await source.query(text)),
                  );
                });
              }
            },
            { encoding },
          ),
        { encoding },
      );
    },
  );
});

describe("selection and change", () => {
  test("dumps chosen rows and masked values, and says so in the manifest", async () => {
    await pair(undefined, async (source, target) => {
      const store = new MemoryStore();
      await dump(source.url, store, {
        where: {
          parent: "id <= 10 -- a comment",
          "public.log*": "id % 2 = 0",
          child: "parent_id <= 10",
        },
        mask: { "parent.name": "'masked ' || id -- too", "public.child.note": "NULL" },
        excludeTableData: ["no_columns"],
        jobs: 2,
      });
      await restore(store, target.url);
      expect(
        await target.query(
          "SELECT count(*)::int AS n, bool_and(name = 'masked ' || id) AS masked FROM parent",
        ),
      ).toEqual([{ n: 10, masked: true }]);
      expect(await target.query("SELECT count(*)::int AS n FROM log")).toEqual([{ n: 30 }]);
      expect(await target.query("SELECT count(*)::int AS n FROM no_columns")).toEqual([{ n: 0 }]);
    });
  });
});
