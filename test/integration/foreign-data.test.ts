/** Rows of foreign tables: dumped of the servers that are named, and written back only where that is asked for. */
import { expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

/** Foreign tables of two servers, both in the other database. */
function foreignTables(remote: TestDatabase): string {
  const { hostname, port, username, password, searchParams } = new URL(remote.url);
  const host = hostname === "" ? searchParams.get("host")! : decodeURIComponent(hostname);
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const server = (name: string): string => `
    CREATE SERVER ${name} FOREIGN DATA WRAPPER postgres_fdw
      OPTIONS (host ${quoted(host)}, port ${quoted(port || "5432")}, dbname ${quoted(remote.name)});
    CREATE USER MAPPING FOR CURRENT_USER SERVER ${name}
      OPTIONS (user ${quoted(decodeURIComponent(username))}, password ${quoted(decodeURIComponent(password))});`;
  return `
    CREATE EXTENSION postgres_fdw; ${server("here")} ${server('"There"')}
    CREATE TABLE plain (id int); INSERT INTO plain VALUES (1);
    CREATE FOREIGN TABLE f (id int, name text, twice int GENERATED ALWAYS AS (id * 2) STORED) SERVER here
      OPTIONS (table_name 'r');
    CREATE FOREIGN TABLE other (id int) SERVER "There" OPTIONS (table_name 'r');`;
}

async function rowsOf(source: TestDatabase, options: DumpOptions): Promise<string[]> {
  const store = new MemoryStore();
  await dump(source.url, store, options);
  const reader = await openArchive(store);
  await reader.close();
  expect(reader.manifest.partial).toBe(false);
  return reader.manifest.relations.map(({ name, rows }) => `${name} ${rows}`);
}

test.each([13, 18])("rows of foreign tables on %i", async (major) => {
  await withDatabase(
    async (remote) => {
      await remote.query(
        "CREATE TABLE r (id int, name text, twice int); INSERT INTO r VALUES (1, 'a'), (2, E'b\\tc')",
      );
      await withDatabase(
        async (source) => {
          await source.query(foreignTables(remote));
          expect(await rowsOf(source, {})).toEqual(["plain 1"]);
          const includeForeignData = ["her*"];
          for (const options of [{ jobs: 2 }, { reproducible: true, purpose: "backup" as const }])
            expect(await rowsOf(source, { ...options, includeForeignData })).toEqual([
              "f 2",
              "plain 1",
            ]);
          const excludeTableData = ["other"];
          await expect(rowsOf(source, { includeForeignData: ["gone"] })).rejects.toMatchObject({
            code: "USAGE",
            object: "gone",
          });
          const store = new MemoryStore();
          await dump(source.url, store, {
            includeForeignData: ["*"],
            excludeTableData,
            userMappingSecrets: true,
          });
          const count = async (): Promise<number> =>
            (await remote.query<{ n: number }>("SELECT count(*)::int AS n FROM r"))[0]!.n;
          await withDatabase(
            async (target) => {
              const { warnings } = await restore(store, target.url, { trusted: true });
              expect(warnings).toMatchObject([
                { code: "foreign-rows", object: "foreign table public.f" },
              ]);
              expect(await count()).toBe(2);
              const options = { trusted: true, force: true, foreignData: true };
              await restore(store, target.url, { ...options, dryRun: true });
              expect(await count()).toBe(2);
              await restore(store, target.url, options);
              expect(await count()).toBe(4);
            },
            { major },
          );
        },
        { major },
      );
    },
    { major },
  );
});
