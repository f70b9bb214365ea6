/** The demo data on real servers: it loads on every major, is the same every time, and has the promised contents. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  NEXUSHUB_SCHEMA,
  TEST_KEY,
  demoTables,
  loadNexusHubDemoData,
  type DemoDataOptions,
} from "../../src/nexushub/demo-data/index.ts";
import { HOSTILE_TEXTS, HUGE_LENGTH } from "../../src/nexushub/demo-data/text.ts";
import { SEALED_COLUMNS, open } from "../../src/nexushub/keys/sealed-value.ts";
import { publicKeyOf } from "../../src/nexushub/keys/wireguard-key.ts";
import { MAJORS, freshDatabase, withDatabase, type TestDatabase } from "../support/postgres.ts";

const SMALL: DemoDataOptions = { auditRows: 3000 };

/** One checksum over all rows of all tables, in an order that does not depend on where they lie. */
async function checksum(db: TestDatabase): Promise<string> {
  const tables = await db.query<{ name: string }>(
    `SELECT format('%I', relname) AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      ORDER BY relname`,
  );
  const hash = createHash("sha256");
  for (const { name } of tables) {
    const [row] = await db.query<{ sum: string; rows: string }>(
      `SELECT count(*) AS rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text AS sum FROM public.${name} t`,
    );
    hash.update(`${name} ${row?.rows} ${row?.sum}\n`);
  }
  return hash.digest("hex");
}

describe("the schema", () => {
  test("stands alone, and the generator fills each of its tables and columns", async () => {
    await withDatabase(async (db) => {
      await db.query(NEXUSHUB_SCHEMA);
      const rows = await db.query<{ table: string; columns: string[] }>(
        `SELECT relname AS table, array_agg(attname::text ORDER BY attnum) AS columns
           FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
          WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
          GROUP BY relname ORDER BY relname`,
      );
      const filled = demoTables({ auditRows: 0 }).map(({ table, columns }) => ({
        table,
        columns,
      }));
      expect(filled.sort((a, b) => (a.table < b.table ? -1 : 1))).toEqual(rows);
    });
  });
});

describe("loading", () => {
  for (const major of MAJORS) {
    test(`works on PostgreSQL ${major}`, async () => {
      await withDatabase(
        async (db) => {
          const loaded = await loadNexusHubDemoData(db.url, { auditRows: 200 });
          expect(loaded.tables).toContainEqual({ table: "audit_log", rows: 200 });
          expect(loaded.rows).toBe(loaded.tables.reduce((sum, { rows }) => sum + rows, 0));
        },
        { major },
      );
    });
  }

  test("twice gives equal databases", async () => {
    const load = (seed?: string): Promise<string> =>
      withDatabase(async (db) => {
        await loadNexusHubDemoData(db.url, { ...SMALL, seed });
        return checksum(db);
      });
    const first = await load();
    expect(await load()).toBe(first);
    expect(await load("another")).not.toBe(first);
  });

  test("changes nothing when the database is not empty, and leaves the caller's client usable", async () => {
    await withDatabase(async (db) => {
      await db.query("CREATE TABLE public.wg_peers ()");
      const client = await db.client();
      await expect(loadNexusHubDemoData(client, SMALL)).rejects.toMatchObject({ code: "SERVER" });
      const { rows } = await client.query("SELECT to_regclass('public.users') AS users");
      expect(rows).toEqual([{ users: null }]);
    });
  });
});

describe("the contents", () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await freshDatabase();
    await loadNexusHubDemoData(db.url, SMALL);
  });

  afterAll(async () => {
    await db.drop();
  });

  async function number(sql: string): Promise<number> {
    const [row] = await db.query<{ n: string }>(`SELECT (${sql})::text AS n`);
    return Number(row?.n);
  }

  test("keep every constraint", async () => {
    const rows = await db.query<{ table: string; name: string; type: string; sql: string }>(
      `SELECT conrelid::regclass::text AS table, conname AS name, contype AS type,
              pg_get_constraintdef(oid) AS sql
         FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f') AND conparentid = 0`,
    );
    expect(rows.length).toBeGreaterThan(25);
    // FREEZE and trusted COPY aside: each one is declared a second time and validated over the rows.
    for (const { table, name, sql } of rows) {
      await db.query(`ALTER TABLE ${table} ADD CONSTRAINT again ${sql}`).catch((error: unknown) => {
        throw new Error(`${name} does not hold`, { cause: error });
      });
      await db.query(`ALTER TABLE ${table} DROP CONSTRAINT again`);
    }
  });

  for (const { name, table, column, holds } of SEALED_COLUMNS) {
    test(`open in ${name} under the test key`, async () => {
      const rows = await db.query<{ value: Buffer; public_key: string | undefined }>(
        `SELECT ${column} AS value${holds === "private-key" ? ", public_key" : ""}
           FROM public.${table} WHERE ${column} IS NOT NULL`,
      );
      expect(rows.length).toBeGreaterThan(3);
      for (const row of rows) {
        const plaintext = open(name, TEST_KEY, row.value);
        if (holds === "totp") expect(plaintext.toString()).toMatch(/^[A-Z2-7]{32}$/);
        else expect(plaintext).toHaveLength(32);
        if (holds === "private-key") expect(publicKeyOf(plaintext)).toBe(row.public_key);
      }
      // What is moved to another column does not open there.
      const other = SEALED_COLUMNS.find((sealed) => sealed.name !== name)!;
      expect(() => open(other.name, TEST_KEY, rows[0]!.value)).toThrow("does not open");
    });
  }

  test("seal each value with a nonce of its own", async () => {
    const nonces = SEALED_COLUMNS.map(
      ({ table, column }) => `SELECT substr(${column}, 1, 12) AS nonce FROM public.${table}`,
    ).join(" UNION ALL ");
    expect(
      await number(`SELECT count(nonce) - count(DISTINCT nonce) FROM (${nonces}) AS all_nonces`),
    ).toBe(0);
  });

  test("have every kind of peer: with and without a key of its own, keys active and retired", async () => {
    expect(await number("SELECT count(*) FROM wg_peers WHERE private_key IS NULL")).toBeGreaterThan(
      20,
    );
    expect(
      await number("SELECT count(*) FROM wg_peer_preshared_keys WHERE retired_at IS NOT NULL"),
    ).toBeGreaterThan(20);
    expect(
      await number(
        "SELECT count(*) FROM wg_peers p WHERE NOT EXISTS (SELECT FROM wg_peer_preshared_keys k WHERE k.peer_id = p.id AND k.retired_at IS NULL)",
      ),
    ).toBeGreaterThan(20);
    expect(await number("SELECT count(DISTINCT status) FROM wg_peers")).toBe(3);
  });

  test("have chains of refresh tokens, several links long", async () => {
    const depth = await number(
      `SELECT max(depth) FROM (
         WITH RECURSIVE chain (id, depth) AS (
           SELECT id, 1 FROM refresh_tokens WHERE parent_id IS NULL
           UNION ALL
           SELECT t.id, c.depth + 1 FROM refresh_tokens t JOIN chain c ON t.parent_id = c.id
         ) SELECT depth FROM chain) AS depths`,
    );
    expect(depth).toBeGreaterThanOrEqual(6);
  });

  test("spread connection logs over months and the default partition", async () => {
    const rows = await db.query<{ name: string; rows: string }>(
      "SELECT tableoid::regclass::text AS name, count(*) AS rows FROM connection_logs GROUP BY 1 ORDER BY 1",
    );
    expect(rows.map(({ name }) => name)).toEqual([
      "connection_logs_2026_02",
      "connection_logs_2026_03",
      "connection_logs_2026_04",
      "connection_logs_2026_05",
      "connection_logs_default",
    ]);
    // The coming month's partition is there and empty.
    expect(await number("SELECT count(*) FROM connection_logs_2026_06")).toBe(0);
  });

  test("hold every hostile text exactly, the empty text, NULL and a million characters", async () => {
    const rows = await db.query<{ text: string | null }>(
      `SELECT actor_ua AS text FROM audit_log UNION SELECT error_message FROM audit_log
       UNION SELECT metadata ->> 'note' FROM audit_log`,
    );
    const texts = new Set(rows.map(({ text }) => text));
    for (const text of [...HOSTILE_TEXTS, "", null]) expect(texts).toContain(text);
    expect(await number("SELECT max(length(actor_ua)) FROM audit_log")).toBe(HUGE_LENGTH);
    expect(await number("SELECT max(length(error_message)) FROM audit_log")).toBe(HUGE_LENGTH);
    expect(await number("SELECT max(length(metadata ->> 'export')) FROM audit_log")).toBe(
      HUGE_LENGTH,
    );
  });

  test("leave the sequences ahead of their columns", async () => {
    for (const table of ["audit_log", "connection_logs"]) {
      expect(await number(`SELECT nextval('${table}_id_seq') - max(id) FROM ${table}`)).toBe(1);
    }
  });

  test("have their newest audit entry a second before the present of the demo data", async () => {
    const [row] = await db.query("SELECT max(occurred_at) AS newest FROM audit_log");
    expect(row).toEqual({ newest: new Date("2026-05-20T09:29:59Z") });
  });

  test("set updated_at by trigger", async () => {
    for (const table of ["users", "wg_interfaces", "wg_peers", "ebpf_rules"]) {
      const rows = await db.query<{ fresh: boolean }>(
        `UPDATE ${table} SET id = id RETURNING updated_at = now() AS fresh`,
      );
      expect(rows.every(({ fresh }) => fresh)).toBe(true);
    }
  });
});
