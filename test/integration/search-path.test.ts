/** Functions that name a relation without its schema, which an empty search path does not find. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { convert } from "../../src/plain/convert/convert.ts";
import { restorePlain } from "../../src/plain/restore/restore-plain.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

const HINT = expect.stringContaining("ALTER FUNCTION … SET search_path") as string;
const OTHER = "CREATE TABLE other (a int); INSERT INTO other VALUES (1);";
/** A function that calls another one of its name, as the server reads it when it makes the table. */
const INLINED = `CREATE FUNCTION hex(bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT encode($1, 'hex')$$;
  CREATE FUNCTION hex(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT hex(convert_to($1, 'UTF8'))$$;`;
const FUNCTIONS = {
  sql: "LANGUAGE sql STABLE AS 'SELECT EXISTS (SELECT FROM other)'",
  plpgsql: "LANGUAGE plpgsql STABLE AS 'BEGIN RETURN EXISTS (SELECT FROM other); END'",
} as const;

test.each([
  ["sql", 13],
  ["plpgsql", 13],
  ["sql", 18],
  ["plpgsql", 18],
] as const)(
  "a check that calls such a function in %s on %i fails with what to do",
  async (language, major) => {
    await withDatabase(
      async (source) => {
        await source.query(`${OTHER} CREATE FUNCTION f(int) RETURNS boolean ${FUNCTIONS[language]};
        CREATE TABLE t (a int CHECK (f(a))); INSERT INTO t VALUES (1)`);
        const archive = new MemoryStore();
        await dump(source.url, archive);
        await withDatabase(
          async (target) => {
            const failure = {
              code: "SERVER",
              sqlState: "42P01",
              object: "check constraint public.t t_a_check",
              hint: HINT,
            };
            await expect(restore(archive, target.url)).rejects.toMatchObject(failure);
            await source.query("ALTER FUNCTION f(int) SET search_path = public");
            await dump(source.url, archive);
            expect((await restore(archive, target.url)).rows).toBe(2);
          },
          { major },
        );
      },
      { major },
    );
  },
);

test.each([13, 18])(
  "a generated column on %i that calls a function which calls another fails with what to do",
  async (major) => {
    await withDatabase(
      async (source) => {
        await source.query(`${INLINED}
        CREATE TABLE t (a text, b text GENERATED ALWAYS AS (hex(a)) STORED);
        INSERT INTO t VALUES ('x')`);
        const archive = new MemoryStore();
        await dump(source.url, archive);
        await withDatabase(
          async (target) => {
            await expect(restore(archive, target.url)).rejects.toMatchObject({
              sqlState: "42883",
              object: "table public.t",
              hint: HINT,
            });
            const plain = new MemoryStore();
            await convert(archive, plain);
            const text = plain.bytes
              .toString()
              .replace(
                "set_config('search_path', '', false)",
                "set_config('search_path', 'public', false)",
              );
            await restorePlain(new MemoryStore(Buffer.from(text)), target.url);
            expect(await target.query("SELECT * FROM t")).toEqual([{ a: "x", b: "78" }]);
          },
          { major },
        );
      },
      { major },
    );
  },
);

test.each([13, 16])(
  "an index that calls one on %i is not taken for a renamed schema",
  async (major) => {
    await withDatabase(
      async (source) => {
        await source.query(`${OTHER} CREATE TABLE t (a int); INSERT INTO t VALUES (1);
        CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a FROM other';
        CREATE INDEX ON t (f(a))`);
        const sorted = dump(source.url, new MemoryStore(), { reproducible: true });
        await expect(sorted).rejects.toMatchObject({
          code: "SERVER",
          object: "table public.t",
          hint: HINT,
        });
      },
      { major },
    );
  },
);
