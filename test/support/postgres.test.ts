import { Client } from "pg";
import { describe, expect, test } from "vitest";
import {
  freshDatabase,
  secondCluster,
  serverFor,
  templateDatabase,
  withDatabase,
} from "./postgres.ts";
import { normalizeDump, findTool, pgDumpSchema } from "./tools.ts";

describe("a test's database", () => {
  test("is empty, its own, and gone afterwards", async () => {
    const name = await withDatabase(async (db) => {
      await db.query("CREATE TABLE t (a int); INSERT INTO t VALUES (7)");
      expect(await db.query("SELECT a FROM t")).toEqual([{ a: 7 }]);
      await withDatabase(async (other) => {
        expect(await other.query("SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
      });
      return db.name;
    });
    const server = await serverFor();
    const gone = await server.admin("SELECT FROM pg_database WHERE datname = $1", [name]);
    expect(gone.rowCount).toBe(0);
  });

  test("has the encoding that was asked for", async () => {
    await withDatabase(
      async (db) => {
        expect(await db.query("SHOW server_encoding")).toEqual([{ server_encoding: "LATIN1" }]);
      },
      { encoding: "LATIN1" },
    );
  });

  test("can be a clone of a template that is built once", async () => {
    let built = 0;
    const build = async (): Promise<string> =>
      templateDatabase("support", async (url) => {
        built += 1;

        const client = new Client(url);
        await client.connect();
        await client.query("CREATE TABLE seen (a int)");
        await client.end();
      });
    const [template] = await Promise.all([build(), build(), build()]);
    expect(built).toBe(1);
    await withDatabase(
      async (db) => {
        expect(await db.query("SELECT * FROM seen")).toEqual([]);
      },
      { template },
    );
  });

  test("complains about a connection that was left open", async () => {
    const db = await freshDatabase();

    const leaked = new Client({ connectionString: db.url, application_name: "leaky" });
    leaked.on("error", () => {});
    await leaked.connect();
    await expect(db.drop()).rejects.toThrow(/left open:\nleaky/);
    await leaked.end();
  });

  test("comes from another cluster when roles matter", async () => {
    const [main, second] = await Promise.all([serverFor(), secondCluster()]);
    expect(second.url).not.toBe(main.url);
    expect(second.major).toBe(main.major);
  });
});

describe("pg_dump beside us", () => {
  test("is normalized: no random keys, no versions", () => {
    const dump =
      "--\n\\restrict abc\n-- Dumped from database version 15.18\nSELECT 1;\n\\unrestrict abc\n";
    expect(normalizeDump(dump)).toBe("--\nSELECT 1;\n");
  });

  test.skipIf(findTool("pg_dump", 15) === undefined)(
    "serves servers up to its own major",
    async () => {
      await withDatabase(
        async (db) => {
          await db.query("CREATE TABLE t (a int)");
          expect(await pgDumpSchema(db.url, 15)).toContain("CREATE TABLE public.t");
        },
        { major: 15 },
      );
    },
  );
});
