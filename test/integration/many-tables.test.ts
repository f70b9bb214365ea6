/** A schema of so many tables that two connections share the reading of the catalogs. */
import { expect, test } from "vitest";
import { readCatalog } from "../../src/catalog/read.ts";
import { serverVersion } from "../../src/catalog/version.ts";
import { SHARE_FROM_TABLES } from "../../src/dump/snapshot.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { catalogQuery } from "../support/catalog-query.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

const MAJOR = 16;

/** How many sessions a database has ever had; nothing here connects to it for the answer. */
async function sessions({ name, server }: TestDatabase): Promise<number> {
  const { rows } = await server.admin(
    "SELECT sessions::int FROM pg_stat_database WHERE datname = $1",
    [name],
  );
  return rows[0].sessions;
}

test("two connections read what one would, and one where there is no other", async () => {
  await withDatabase(
    async (source) => {
      const role = `${source.name}_alone`;
      await source.query(`
        DO $$ BEGIN
          FOR i IN 1..${SHARE_FROM_TABLES} LOOP EXECUTE format('CREATE TABLE t%s (i int)', i); END LOOP;
        END $$;
        CREATE ROLE "${role}" LOGIN PASSWORD 'pw' CONNECTION LIMIT 1;
        GRANT pg_read_all_data TO "${role}"`);
      const archive = async (url: string, options: DumpOptions = {}): Promise<Buffer> => {
        const store = new MemoryStore();
        await dump(url, store, { schemaOnly: true, reproducible: true, ...options });
        return store.bytes;
      };
      try {
        const before = await sessions(source);
        const shared = await archive(source.url);
        await expect.poll(() => sessions(source), { timeout: 10_000 }).toBe(before + 2);
        expect(shared.equals(await archive(source.url, { jobs: 1 }))).toBe(true);
        await expect.poll(() => sessions(source), { timeout: 10_000 }).toBe(before + 3);
        const alone = new URL(source.url);
        alone.username = role;
        alone.password = "pw";
        expect(shared.equals(await archive(alone.href))).toBe(true);
      } finally {
        await source.query(`DROP ROLE "${role}"`);
      }
    },
    { major: MAJOR },
  );
});

test("every kind is read once, whoever reads it", async () => {
  await withDatabase(
    async (source) => {
      await source.query("CREATE TABLE t (i int PRIMARY KEY)");
      const clients = [await source.client(), await source.client()];
      const asked: string[][] = [[], []];
      const [first, second] = clients.map((client, n) => {
        const query = catalogQuery(client);
        return <Row>(sql: string): Promise<Row[]> => {
          asked[n]!.push(sql);
          return query<Row>(sql);
        };
      });
      for (const client of clients) await client.query("SET search_path = ''");
      const version = serverVersion(MAJOR * 10_000);
      const { database: _, ...shared } = await readCatalog(first!, version, { others: [second!] });
      const texts = asked.flat();
      expect(new Set(texts).size).toBe(texts.length);
      expect(asked[1]!.length).toBeGreaterThan(0);
      asked[0] = [];
      const { database: __, ...alone } = await readCatalog(first!, version);
      expect(asked[0].toSorted()).toEqual(texts.toSorted());
      expect(shared).toEqual(alone);
    },
    { major: MAJOR },
  );
});
