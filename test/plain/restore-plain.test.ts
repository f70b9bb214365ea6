/** A restore of a plain dump makes the same database as `psql -1`, whatever flags pg_dump had. */
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { convert } from "../../src/plain/convert/convert.ts";
import { dump } from "../../src/dump/dump.ts";
import { inspectPlain } from "../../src/plain/inspect-plain.ts";
import { restorePlain, restorePlainChecked } from "../../src/plain/restore/restore-plain.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf } from "../support/contents.ts";
import {
  freshDatabase,
  secondCluster,
  type TestDatabase,
  withDatabase,
} from "../support/postgres.ts";
import { loadWithPsql, pgDump } from "../support/psql.ts";
import { CHECKSUMS, SAMPLE_DATABASE } from "../support/sample-database.ts";
import { findTool } from "../support/tools.ts";

const MORE = String.raw`
SELECT lo_from_bytea(77, repeat('large', 9000)::bytea);
CREATE FUNCTION public.weird() RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN E'\';' || $$;$$; END; $f$;
CREATE RULE keep AS ON DELETE TO public.empty DO INSTEAD (SELECT 1; SELECT 2);
`;

const ALL = { owner: true, privileges: true, trusted: true } as const;

/** Restores a dump into a new database, and another with psql, and compares them. */
async function sameAsPsql(
  sql: Buffer,
  major: number,
  prepare: (target: TestDatabase) => Promise<void> = async () => undefined,
): Promise<void> {
  await withDatabase(
    async (loaded) => {
      await withDatabase(
        async (restored) => {
          for (const target of [loaded, restored]) await prepare(target);
          loadWithPsql(sql, loaded.url, "-1");
          const result = await restorePlain(new MemoryStore(gzipSync(sql)), restored.url, ALL);
          expect(result.warnings).toEqual([]);
          expect(await contentsOf(restored.url)).toBe(await contentsOf(loaded.url));
          // Without rows its materialized views cannot be read.
          if (result.rows > 0)
            expect(await restored.query(CHECKSUMS)).toEqual(await loaded.query(CHECKSUMS));
        },
        { major },
      );
    },
    { major },
  );
}

const FLAGS: readonly (readonly string[])[] = [
  [],
  ["--no-owner", "--no-privileges"],
  ["--inserts"],
  ["--column-inserts", "--rows-per-insert=7", "--quote-all-identifiers"],
  ["--clean", "--if-exists"],
  ["--schema-only"],
  ["--encoding=LATIN1"],
  ["--load-via-partition-root", "--use-set-session-authorization"],
];

/** All flags on one major, some on the others. */
const cases = [15, 14, 13].flatMap((major) =>
  FLAGS.filter((_, index) => major === 15 || index === major % 3).map(
    (flags) => [major, flags.join(" ") || "no flags", flags] as const,
  ),
);

describe.skipIf(findTool("psql") === undefined || findTool("pg_dump", 15) === undefined)(
  "dumps of pg_dump",
  () => {
    const sources = new Map<number, TestDatabase>();
    beforeAll(async () => {
      for (const major of [13, 14, 15]) {
        // pg_dump fails on a role of another test whose name its encoding does not have.
        const source = await freshDatabase({ server: await secondCluster(major) });
        sources.set(major, source);
        await source.query(SAMPLE_DATABASE + MORE);
      }
    });
    afterAll(async () => {
      for (const source of sources.values()) await source.drop();
    });

    test.each(cases)("PostgreSQL %i, %s", async (major, _name, flags) => {
      const sql = (await pgDump(sources.get(major)!.url, major, flags))!;
      expect(await inspectPlain(new MemoryStore(sql))).toMatchObject({
        isComplete: true,
        refusals: [],
      });
      await sameAsPsql(sql, major);
    });

    test("rows alone, with and without --disable-triggers, and with --force", async () => {
      await withDatabase(
        async (source) => {
          await source.query(`
          CREATE TABLE public.t (a int PRIMARY KEY, b text); INSERT INTO public.t VALUES (1, 'x'), (2, NULL);
          CREATE SEQUENCE public.s START 7`);
          const schema = (await pgDump(source.url, source.server.major, ["--schema-only"]))!;
          const rows = (await pgDump(source.url, source.server.major, ["--data-only"]))!;
          await sameAsPsql(rows, source.server.major, async (target) =>
            loadWithPsql(schema, target.url),
          );
          await withDatabase(async (target) => {
            const store = new MemoryStore(rows);
            await expect(restorePlain(store, target.url, ALL)).rejects.toMatchObject({
              code: "MISMATCH",
            });
            loadWithPsql(schema, target.url);
            await target.query("INSERT INTO t VALUES (9)");
            await expect(restorePlain(store, target.url, ALL)).rejects.toMatchObject({
              code: "TARGET_NOT_EMPTY",
            });
            const forced = await restorePlain(store, target.url, { ...ALL, force: true });
            expect(forced.dropped).toEqual(["rows of table public.t"]);
            expect(await target.query("SELECT * FROM t ORDER BY a")).toEqual([
              { a: 1, b: "x" },
              { a: 2, b: null },
            ]);
          });
        },
        { major: 15 },
      );
    });
  },
);

test("restores what convert wrote, from a stream, and leaves out owners and privileges", async () => {
  await withDatabase(async (source) => {
    await source.query(SAMPLE_DATABASE + MORE);
    const [archive, plain] = [new MemoryStore(), new MemoryStore()];
    await dump(source.url, archive, { owner: true, privileges: true });
    await convert(archive, plain, { owner: true, privileges: true, compression: "gzip:1" });
    await withDatabase(async (target) => {
      const result = await restorePlain(Readable.from([plain.bytes]), target.url);
      expect(result.leftOut.owners).toBeGreaterThan(0);
      expect(result.warnings.map(({ code }) => code)).toEqual(["unsigned-archive"]);
      expect(await contentsOf(target.url)).toBe(await contentsOf(source.url));
    });
  });
});

const dumpOf = (body: string): MemoryStore =>
  new MemoryStore(
    Buffer.from(
      `--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\n${body}\n--\n-- PostgreSQL database dump complete\n--\n\n`,
    ),
  );

const TABLE = "CREATE TABLE public.t (a int);\nCOPY public.t (a) FROM stdin;\n1\n\\.\n";

describe("hostile dumps", () => {
  test.each([
    ["\\! touch /tmp/owned", "the psql command \\! (line 10)"],
    ["\\copy t from program 'x'", "the psql command \\copy (line 10)"],
    ["\\i other.sql", "the psql command \\i (line 10)"],
    ["\\o | sh", "the psql command \\o (line 10)"],
    ["\\connect other", "the psql command \\connect (line 10)"],
    ["SELECT 1 \\gexec", "the psql command \\gexec (line 10)"],
    ["\\unrestrict key", "the psql command \\unrestrict (line 10)"],
    ["COMMIT;", "COMMIT without BEGIN (line 10)"],
    ["BEGIN;", "BEGIN without COMMIT (line 10)"],
    ["ROLLBACK;", "ROLLBACK (line 10)"],
    ["SAVEPOINT a;", "SAVEPOINT (line 10)"],
    ["PREPARE TRANSACTION 'a';", "PREPARE TRANSACTION (line 10)"],
    ["VACUUM;", "VACUUM (line 10)"],
    ["CREATE DATABASE other;", "CREATE DATABASE (line 10)"],
    ["ALTER SYSTEM SET work_mem = 1;", "ALTER SYSTEM (line 10)"],
    [
      "CREATE UNIQUE INDEX CONCURRENTLY i ON public.t (a);",
      "an index built CONCURRENTLY (line 10)",
    ],
    [
      "COPY public.t FROM PROGRAM 'id';",
      "COPY from or to something else than the dump itself (line 10)",
    ],
    ["COPY public.t TO STDOUT;", "COPY from or to something else than the dump itself (line 10)"],
    ["SET session_replication_role = replica;", "SET session_replication_role (line 10)"],
    [
      "SELECT pg_catalog.set_config('allow_system_table_mods', 'on', false);",
      "SET allow_system_table_mods (line 10)",
    ],
    ["SET client_encoding = 'SJIS';", "the encoding SJIS (line 10)"],
  ])("%s is refused before anything is changed", async (line, message) => {
    await expect(
      restorePlain(dumpOf(`${TABLE}${line}\n`), "postgresql://nobody@127.0.0.1:1/none"),
    ).rejects.toMatchObject({
      code: "ARCHIVE_UNSUPPORTED",
      message: `the dump holds what a restore does not run: ${message}`,
    });
  });

  test("cut short anywhere, or damaged, it changes nothing", async () => {
    const { bytes } = dumpOf(TABLE);
    const complete = bytes.lastIndexOf(" complete");
    for (let end = 60; end < complete + 9; end += 3) {
      const cut = new MemoryStore(bytes.subarray(0, end));
      await expect(restorePlain(cut, "postgresql://nobody@127.0.0.1:1/none")).rejects.toMatchObject(
        { code: "ARCHIVE_DAMAGED" },
      );
    }
    const zipped = gzipSync(bytes);
    for (let end = 3; end < zipped.length; end++) {
      await expect(
        restorePlain(
          new MemoryStore(zipped.subarray(0, end)),
          "postgresql://nobody@127.0.0.1:1/none",
        ),
      ).rejects.toMatchObject({
        code: "ARCHIVE_DAMAGED",
        message: expect.stringContaining("cut short") as string,
      });
    }
  });

  test("a function that ends the transaction, a failing statement, and a dry run leave the target as it was", async () => {
    await withDatabase(async (target) => {
      await target.query("CREATE TABLE public.old (a int); INSERT INTO public.old VALUES (1)");
      const options = { ...ALL, force: true };
      for (const [body, code] of [
        [`${TABLE}SELECT public.nothing();\n`, "SERVER"],
        [`${TABLE}DO $$ BEGIN COMMIT; END $$;\n`, "SERVER"],
        [`${TABLE}COPY public.t (a) FROM stdin;\nx\n\\.\n`, "SERVER"],
        [`${TABLE}INSERT INTO public.t VALUES (1); INSERT INTO public.t VALUES ('x');\n`, "SERVER"],
      ] as const) {
        await expect(restorePlain(dumpOf(body), target.url, options)).rejects.toMatchObject({
          code,
        });
      }
      await expect(restorePlain(dumpOf(TABLE), target.url, ALL)).rejects.toMatchObject({
        code: "TARGET_NOT_EMPTY",
      });
      const dry = await restorePlain(dumpOf(TABLE), target.url, { ...options, dryRun: true });
      expect(dry).toMatchObject({ committed: false, rows: 1, dropped: ["table public.old"] });
      expect(await target.query("SELECT a FROM public.old")).toEqual([{ a: 1 }]);
      await expect(
        restorePlainChecked(dumpOf(TABLE), target.url, options, () =>
          Promise.reject(new Error("not this one")),
        ),
      ).rejects.toThrow("not this one");
      expect(await target.query("SELECT a FROM public.old")).toEqual([{ a: 1 }]);
      const done = await restorePlain(dumpOf(TABLE), target.url, options);
      expect(done).toMatchObject({ committed: true, rows: 1, relations: [{ name: "t", rows: 1 }] });
      expect(await target.query("SELECT a FROM public.t")).toEqual([{ a: 1 }]);
    });
  });
});
