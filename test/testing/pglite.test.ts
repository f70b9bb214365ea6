/** The same archive in PGlite and in a server: equal rows, equal answers; and what PGlite lacks, by name. */
import { PGlite } from "@electric-sql/pglite";
import { citext } from "@electric-sql/pglite/contrib/citext";
import { describe, expect, it } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { loadNexusHubFixture } from "../../src/nexushub/fixture/index.ts";
import { restore } from "../../src/restore/restore.ts";
import { templateDatabase, withDatabase } from "../support/postgres.ts";
import { MemoryStore } from "../support/archives.ts";

/** What NexusHub asks of its database, over every table; each with an order of its own. */
const QUERIES = [
  // A peer's configuration, and the list of peers with what they moved.
  `SELECT p.name, host(p.assigned_ip) AS ip, i.public_key, encode(k.preshared_key, 'hex') AS psk, p.client_allowed_ips::text[],
          network(i.address)::text AS net, COALESCE(p.dns, i.dns) AS dns, COALESCE(p.endpoint, i.endpoint) AS endpoint
     FROM wg_peers p JOIN wg_interfaces i ON i.id = p.interface_id
     LEFT JOIN wg_peer_preshared_keys k ON k.peer_id = p.id AND k.retired_at IS NULL ORDER BY p.id`,
  `SELECT i.name, p.status::text, count(*)::int AS n, sum(p.rx_bytes + p.tx_bytes)::text AS moved, max(p.last_handshake)::text AS last
     FROM wg_interfaces i LEFT JOIN wg_peers p ON p.interface_id = i.id GROUP BY i.name, p.status ORDER BY i.name, p.status`,
  "SELECT name FROM wg_peers WHERE last_handshake > timestamptz '2026-05-01' ORDER BY last_handshake DESC NULLS LAST, id LIMIT 20",
  "SELECT name FROM wg_peers WHERE assigned_ip <<= '10.0.0.0/8' AND '0.0.0.0/0' = ANY (client_allowed_ips) ORDER BY id",
  `SELECT p.name, k.n::int, k.newest::text FROM wg_peers p JOIN LATERAL (SELECT count(*) AS n, max(rotated_at) AS newest
     FROM wg_peer_preshared_keys WHERE peer_id = p.id) k ON k.n > 0 ORDER BY p.id`,
  // People: login by an address in other capitals, sessions, tokens with their ancestors, keys.
  "SELECT email::text, role::text, is_active FROM users WHERE email = 'MILA6@EXAMPLE.NET' OR email ILIKE 'a%' ORDER BY id",
  "SELECT role::text, count(*)::int AS n, count(totp_secret)::int AS totp, min(length(password_hash)) AS hash FROM users GROUP BY role ORDER BY role",
  "SELECT u.email::text, count(s.id)::int AS n, max(s.last_seen_at)::text AS seen FROM users u LEFT JOIN sessions s ON s.user_id = u.id AND s.revoked_at IS NULL GROUP BY u.id, u.email ORDER BY u.id",
  `WITH RECURSIVE family AS (
     SELECT id, parent_id, 0 AS depth FROM refresh_tokens WHERE parent_id IS NULL
     UNION ALL SELECT t.id, t.parent_id, f.depth + 1 FROM refresh_tokens t JOIN family f ON t.parent_id = f.id)
   SELECT depth, count(*)::int AS n, md5(string_agg(id::text, ',' ORDER BY id)) AS ids FROM family GROUP BY depth ORDER BY depth`,
  "SELECT u.username, k.name, k.scopes, host(k.last_used_ip) AS ip FROM api_keys k JOIN users u ON u.id = k.user_id WHERE 'read' = ANY (k.scopes) OR k.revoked_at IS NULL ORDER BY k.id",
  // The packet filter: what is bound to a peer itself or to its interface, in the order of priority.
  `SELECT p.name AS peer, r.name AS rule, r.action::text, r.src_cidr::text, r.dst_port_from FROM wg_peers p
     JOIN ebpf_rule_bindings b ON b.peer_id = p.id OR b.interface_id = p.interface_id JOIN ebpf_rules r ON r.id = b.rule_id
     WHERE r.is_active ORDER BY p.id, r.priority, r.id LIMIT 200`,
  "SELECT owner, action::text, protocol::text, count(*)::int AS n, avg(priority)::numeric(10, 3)::text AS priority FROM ebpf_rules GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
  // The logs.
  `SELECT action, result, count(*)::int AS n, max(occurred_at)::text AS newest FROM audit_log
     WHERE metadata @> '{"method": "password"}' GROUP BY 1, 2 ORDER BY 1, 2`,
  "SELECT id::text, occurred_at::text, action, metadata::text, host(actor_ip) AS ip FROM audit_log WHERE actor_user_id IS NOT NULL ORDER BY occurred_at DESC, id DESC LIMIT 50",
  // As bytes: the decoder of PGlite's client drops a byte order mark that a value begins with.
  'SELECT convert_to(key, $$UTF8$$)::text AS key, count(*)::int AS n FROM audit_log, jsonb_object_keys(metadata) AS k (key) GROUP BY key ORDER BY key COLLATE "C"',
  "SELECT u.username, count(*)::int AS n FROM audit_log a JOIN users u ON u.id = a.actor_user_id WHERE a.result = 'denied' GROUP BY u.id, u.username ORDER BY n DESC, u.id",
  "SELECT tableoid::regclass::text AS part, count(*)::int AS n, sum(bytes_in)::text AS bytes FROM connection_logs GROUP BY 1 ORDER BY 1",
  `SELECT date_trunc('day', recorded_at AT TIME ZONE 'UTC')::text AS day, action::text, sum(bytes_in + bytes_out)::text AS bytes, count(DISTINCT src_ip)::int AS sources
     FROM connection_logs WHERE recorded_at >= '2026-04-01Z' GROUP BY 1, 2 ORDER BY 1, 2`,
  `SELECT c.dst_port, r.name, count(*)::int AS n FROM connection_logs c LEFT JOIN ebpf_rules r ON r.id = c.matched_rule_id
     WHERE c.action = 'deny' GROUP BY 1, 2 ORDER BY n DESC, 1, 2 NULLS LAST LIMIT 30`,
  "SELECT version::text, dirty FROM schema_migrations",
  // What answers a write: defaults, triggers, sequences, the function that makes partitions.
  "SELECT nextval('audit_log_id_seq')::text AS next",
  "UPDATE users SET is_active = NOT is_active WHERE updated_at < now() RETURNING (updated_at = now()) AS touched",
  "SELECT create_connection_logs_partition('2031-03-15') AS part",
  `INSERT INTO connection_logs (recorded_at, src_ip, dst_ip, protocol, action) VALUES ('2031-03-20Z', '192.0.2.1', '192.0.2.2', 'tcp', 'allow')
     RETURNING tableoid::regclass::text AS part, id::text`,
];

/** Every table of NexusHub is asked for. */
const TABLES =
  "users sessions refresh_tokens wg_interfaces wg_peers wg_peer_preshared_keys ebpf_rules ebpf_rule_bindings api_keys audit_log connection_logs schema_migrations".split(
    " ",
  );

const checksum = (table: string): string =>
  `SELECT count(*)::int AS n, md5(string_agg(t::text, chr(10) ORDER BY t::text COLLATE "C")) AS sum FROM public.${table} t`;

// PGlite compiles PostgreSQL anew in each process: half a minute where other tests want the machine too.
describe("PGlite as a target", { timeout: 240_000 }, () => {
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
          for (const table of TABLES)
            expect([table, QUERIES.some((sql) => new RegExp(`\\b${table}\\b`).test(sql))]).toEqual([
              table,
              true,
            ]);
          for (const sql of QUERIES) {
            const { rows } = await database.query(sql);
            expect(rows, sql).not.toEqual([]);
            expect(rows, sql).toEqual(await server.query(`SET timezone = 'GMT'; ${sql}`));
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
