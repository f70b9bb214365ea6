/** The same archive in PGlite and in a server: equal rows, equal answers; and what PGlite lacks, by name. */
import { PGlite } from "@electric-sql/pglite";
import { citext } from "@electric-sql/pglite/contrib/citext";
import { describe, expect, it } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { loadNexusHubFixture } from "../../src/nexushub/fixture/index.ts";
import { restore } from "../../src/restore/restore.ts";
import { templateDatabase, withDatabase } from "../support/postgres.ts";
import { MemoryStore } from "../support/archives.ts";

const QUERIES = [
  `SELECT p.name, host(p.assigned_ip) AS ip, i.public_key, encode(k.preshared_key, 'hex') AS psk
     FROM wg_peers p JOIN wg_interfaces i ON i.id = p.interface_id
     LEFT JOIN wg_peer_preshared_keys k ON k.peer_id = p.id AND k.retired_at IS NULL ORDER BY p.id`,
  `SELECT action, result, count(*)::int AS n, max(occurred_at)::text AS newest FROM audit_log
     WHERE metadata @> '{"method": "password"}' GROUP BY 1, 2 ORDER BY 1, 2`,
  "SELECT u.email::text, count(s.id)::int AS n FROM users u LEFT JOIN sessions s ON s.user_id = u.id GROUP BY u.id, u.email ORDER BY u.id",
  "SELECT tableoid::regclass::text AS part, count(*)::int AS n, sum(bytes_in)::text AS bytes FROM connection_logs GROUP BY 1 ORDER BY 1",
  "SELECT email::text FROM users WHERE email = 'MILA6@EXAMPLE.NET' OR email ILIKE 'a%' ORDER BY id",
  "SELECT nextval('audit_log_id_seq')::text AS next",
];

const checksum = (table: string): string =>
  `SELECT count(*)::int AS n, md5(string_agg(t::text, chr(10) ORDER BY t::text COLLATE "C")) AS sum FROM public.${table} t`;

describe("PGlite as a target", () => {
  it("holds what PostgreSQL 16 holds, and answers as it does", async () => {
    const template = await templateDatabase("nexushub_small", async (url) => {
      await loadNexusHubFixture(url, { auditRows: 500 });
    });
    const database = await PGlite.create({ extensions: { citext } });
    try {
      await withDatabase(
        async (server) => {
          const store = new MemoryStore();
          const dumped = await dump(server.url, store, { partBytes: 50_000 });
          const result = await restore(store, database);
          expect(result).toMatchObject({
            committed: true,
            rows: dumped.rows,
            target: "the PGlite database",
          });
          await server.query("SET timezone = 'UTC'");
          for (const { name } of dumped.relations) {
            const [theirs] = (await database.query(checksum(name))).rows;
            expect([name, theirs]).toEqual([
              name,
              (await server.query(`SET timezone = 'GMT'; ${checksum(name)}`))[0],
            ]);
          }
          for (const sql of QUERIES) {
            expect((await database.query(sql)).rows).toEqual(
              await server.query(`SET timezone = 'GMT'; ${sql}`),
            );
          }
        },
        { template },
      );
    } finally {
      await database.close();
    }
  });

  it("says by name what is missing, and stays as it was after a failure", async () => {
    const database = await PGlite.create();
    try {
      await withDatabase(async (server) => {
        await server.query("CREATE EXTENSION citext; CREATE TABLE t (a citext)");
        const store = new MemoryStore();
        await dump(server.url, store);
        await expect(restore(store, database)).rejects.toMatchObject({
          code: "UNSUPPORTED_SERVER",
          message: "PGlite lacks extension citext",
          hint: expect.stringContaining("@electric-sql/pglite/contrib/citext") as string,
        });
        await server.query(
          "DROP EXTENSION citext CASCADE; DROP TABLE t; CREATE TABLE t (a int); CREATE TABLE u (b int); INSERT INTO t VALUES (1)",
        );
        await dump(server.url, store);
        await database.exec("CREATE TABLE u (x text)");
        await expect(restore(store, database)).rejects.toMatchObject({ code: "TARGET_NOT_EMPTY" });
        expect((await database.query("SELECT to_regclass('public.t') AS t")).rows).toEqual([
          { t: null },
        ]);
        expect(await restore(store, database, { force: true })).toMatchObject({
          committed: true,
          dropped: ["table public.u"],
        });
        expect((await database.query("SELECT a FROM t")).rows).toEqual([{ a: 1 }]);
      });
    } finally {
      await database.close();
    }
  });
});
