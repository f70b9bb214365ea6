/** Named masks as the server runs them, and masks that would make an archive which cannot be restored. */
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { restore } from "../../src/restore/restore.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";
import { MemoryStore } from "../support/archives.ts";

const SCHEMA = `
CREATE EXTENSION citext;
CREATE TABLE users (id int PRIMARY KEY, email citext NOT NULL UNIQUE, name varchar(64) NOT NULL,
  ip inet, net cidr, agent text, token bytea CHECK (octet_length(token) = 20), doc jsonb, ref uuid UNIQUE, note text,
  CONSTRAINT users_name_format CHECK (name ~ '^[A-Za-z][A-Za-z0-9-]+$'));
CREATE TABLE logins (id int PRIMARY KEY, who citext REFERENCES users (email), ref uuid REFERENCES users (ref), ip inet);
CREATE UNIQUE INDEX one_agent ON users (lower(agent)) WHERE id < 3;
INSERT INTO users SELECT i, 'Person' || i || '@Example.org', 'Name' || i, ('192.0.2.' || i)::inet,
  ('10.' || i || '.0.0/16')::cidr, 'agent ' || i, decode(repeat(lpad(to_hex(i), 2, '0'), 20), 'hex'),
  jsonb_build_object('secret', i), md5(i::text)::uuid, CASE WHEN i % 2 = 0 THEN 'note' END FROM generate_series(1, 50) i;
UPDATE users SET ip = ('2001:db8:1:2::' || id::text || '/64')::inet WHERE id > 40;
UPDATE users SET doc = '{}' WHERE id = 1;
INSERT INTO logins SELECT i, 'person' || i || '@example.ORG', md5(i::text)::uuid, ('192.0.2.' || i)::inet FROM generate_series(1, 30) i;`;

const MASKS = {
  "users.email": "@email",
  "users.name": "@name",
  "users.ip": "@ip",
  "users.net": "@ip",
  "users.agent": "@pseudonym",
  "users.token": "@token-hash",
  "users.doc": "@json",
  "users.ref": "@pseudonym",
  "users.note": "@null",
  "logins.who": "@email",
  "logins.ref": "@pseudonym",
  "logins.ip": "@ip",
};

async function withMasked(
  options: DumpOptions,
  body: (source: TestDatabase, target: TestDatabase) => Promise<void>,
  major?: number,
): Promise<void> {
  await withDatabase(
    (source) =>
      withDatabase(
        async (target) => {
          await source.query(SCHEMA);
          const store = new MemoryStore();
          await dump(source.url, store, options);
          await restore(store, target.url);
          await body(source, target);
        },
        { major },
      ),
    { major },
  );
}

describe.each([13, 16, 18])("PostgreSQL %i", (major) => {
  test("masks every column on the server, keeping joins, uniqueness and constraints", async () => {
    await withMasked(
      { mask: MASKS },
      async (source, target) => {
        const all = JSON.stringify(await target.query("SELECT users::text FROM users"));
        expect(all).not.toMatch(
          /person|example\\.org|Name\d|192\.0\.2|2001:db8|secret|agent|note/i,
        );
        const [row] = await target.query<Record<string, unknown>>(`
          SELECT count(*)::int AS users, count(DISTINCT email)::int AS emails, count(DISTINCT ip)::int AS ips,
            bool_and(octet_length(token) = 20 AND token <> decode(repeat('01', 20), 'hex')) AS tokens,
            count(note)::int AS notes, count(*) FILTER (WHERE doc = '{}')::int AS empty,
            bool_and(email ~ '^user-[0-9a-f]{16}@example\\.test$') AS format,
            (SELECT count(*)::int FROM logins JOIN users u ON u.email = who AND u.ref = logins.ref AND u.ip = logins.ip) AS joined,
            -- Hosts of one network stay in one network, and the prefix length stays.
            (SELECT count(DISTINCT network(set_masklen(ip, 24)))::int FROM users WHERE family(ip) = 4) AS networks,
            (SELECT bool_and(ip << '240.0.0.0/4') FROM users WHERE family(ip) = 4) AS v4,
            (SELECT bool_and(ip << 'fc00::/8' AND masklen(ip) = 64) AND count(DISTINCT network(ip)) = 1
               FROM users WHERE family(ip) = 6) AS v6,
            bool_and(masklen(net) = 16) AS nets
          FROM users`);
        expect(row).toEqual({
          users: 50,
          emails: 50,
          ips: 50,
          tokens: true,
          notes: 0,
          empty: 1,
          format: true,
          joined: 30,
          networks: 1,
          v4: true,
          v6: true,
          nets: true,
        });
        expect(
          await source.query("SELECT count(*)::int AS n FROM users WHERE note = 'note'"),
        ).toEqual([{ n: 25 }]);
      },
      major,
    );
  });
});

test("gives the same pseudonyms under the same key, and others under another", async () => {
  await withDatabase(async (source) => {
    await source.query(SCHEMA);
    const bytes = async (options: DumpOptions): Promise<string> => {
      const store = new MemoryStore();
      await dump(source.url, store, { mask: MASKS, reproducible: true, ...options });
      return store.bytes.toString("base64");
    };
    const plain = await bytes({});
    expect(await bytes({})).toBe(plain);
    const keyed = await bytes({ maskKey: "ours" });
    expect(keyed).not.toBe(plain);
    expect(await bytes({ maskKey: "ours", jobs: 3 })).toBe(keyed);
  });
});

describe("a mask that breaks a constraint", () => {
  test.each([
    ["users.email", "@null", "the NOT NULL constraint"],
    ["users.email", "'same@example.org'", "users_email_key"],
    [
      "users.email",
      "CASE WHEN id = 2 THEN 'USER1@x' ELSE 'user' || id || '@x' END",
      "users_email_key",
    ],
    ["users.email", "@email", "logins_who_fkey"],
    ["users.name", "'!' || name", "users_name_format"],
    ["users.name", "repeat('x', 65)", "the type of column name"],
    ["users.token", "sha256(token)", "users_token_check"],
    ["users.agent", "'A' || left(agent, 0)", "one_agent"],
    ["users.id", "id + 1000000 * 0 + 1 - 1 + id % 2", "users_pkey"],
    ["logins.ref", "gen_random_uuid()", "logins_ref_fkey"],
  ])("%s: %s stops the dump and names %s", async (column, mask, name) => {
    await withDatabase(async (source) => {
      await source.query(SCHEMA);
      if (column === "users.email" && name !== "logins_who_fkey")
        await source.query("DELETE FROM logins");
      if (column === "users.id") await source.query("INSERT INTO logins (id) VALUES (99)");
      const store = new MemoryStore();
      const failure = await dump(source.url, store, { mask: { [column]: mask } }).catch(
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({
        code: "USAGE",
        object: expect.stringContaining(name) as string,
      });
      expect(store.committed).toBe(false);
    });
  });

  test("and one that fails or does not fit are refused too", async () => {
    await withDatabase(async (source) => {
      await source.query(SCHEMA);
      const attempt = (mask: Record<string, string>) =>
        dump(source.url, new MemoryStore(), { mask }).catch(
          (error: unknown) => (error as Error).message,
        );
      expect(await attempt({ "users.ip": "'no address'" })).toContain(
        "cannot apply the masks of table public.users",
      );
      expect(await attempt({ "users.id": "@email" })).toContain("does not fit the type integer");
      expect(await attempt({ "users.note": "@nonsense" })).toContain("there is no mask @nonsense");
      expect(await attempt({ "users.note": "@email(x)" })).toContain("takes no argument");
      expect(await attempt({ "users.note": "@constant" })).toContain("@constant(text)");
    });
  });
});

const FAMILIES = `
CREATE DOMAIN mail AS text CONSTRAINT mail_form CHECK (VALUE LIKE '%@%');
CREATE DOMAIN work_mail AS mail;
CREATE DOMAIN short AS varchar(12);
CREATE TABLE people (id int PRIMARY KEY, mail work_mail NOT NULL, code short, name text,
  initial text GENERATED ALWAYS AS (left(name, 1)) STORED);
CREATE TABLE staff (badge int) INHERITS (people);
CREATE TABLE chiefs () INHERITS (staff);
CREATE TABLE visits (id int, at date, who text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE old_visits PARTITION OF visits FOR VALUES FROM (MINVALUE) TO ('2024-01-01') PARTITION BY RANGE (id);
CREATE TABLE "Very.Old" PARTITION OF old_visits DEFAULT;
CREATE TABLE new_visits PARTITION OF visits DEFAULT;
CREATE TABLE bookings (room int, during int4range, note text,
  CONSTRAINT one_at_a_time EXCLUDE USING gist (during WITH &&) WHERE (room > 0));
CREATE VIEW directory AS SELECT mail, name FROM people;
CREATE MATERIALIZED VIEW names AS SELECT name, count(*) AS n FROM people GROUP BY name;
INSERT INTO people VALUES (1, 'Ann@real.example', 'ann', 'Ann'), (2, 'Bob@real.example', 'bob', 'Bob');
INSERT INTO staff VALUES (3, 'Cid@real.example', 'cid', 'Cid');
INSERT INTO chiefs VALUES (4, 'Dot@real.example', 'dot', 'Dot');
INSERT INTO visits VALUES (1, '2023-01-01', 'Ann'), (2, '2024-05-05', 'Ann'), (3, '2025-05-05', 'Cid');
INSERT INTO bookings VALUES (1, '[1,4)', 'a'), (1, '[5,9)', 'b'), (0, '[1,9)', 'c');`;

describe("tables with a family", () => {
  test("are masked with their partitions and heirs, through domains, and so is what is derived from them", async () => {
    await withDatabase((source) =>
      withDatabase(async (target) => {
        await source.query(FAMILIES);
        const store = new MemoryStore();
        await dump(source.url, store, {
          mask: {
            "people.mail": "@email",
            "people.name": "@pseudonym",
            "people.code": "@pseudonym",
            "visits.who": "@pseudonym",
            "bookings.during": "int4range(10 + lower(during), 10 + upper(during))",
          },
          where: { visits: "id < 3" },
        });
        await restore(store, target.url);
        const [row] = await target.query<{ text: string; joined: number; initials: boolean }>(`
          SELECT (SELECT string_agg(d::text, ' ') FROM directory d) || (SELECT string_agg(n::text, ' ') FROM names n)
              || (SELECT string_agg(v::text, ' ') FROM visits v) || (SELECT string_agg(p::text, ' ') FROM people p) AS text,
            (SELECT count(*)::int FROM visits JOIN people ON who = name) AS joined,
            (SELECT bool_and(initial = left(name, 1)) FROM people) AS initials`);
        expect(row!.text).not.toMatch(/real|ann|bob|cid|dot/i);
        expect(row!.text.match(/@example\.test/g)).toHaveLength(8);
        expect(row).toMatchObject({ joined: 2, initials: true });
        expect(await target.query("SELECT max(upper(during)) AS m FROM bookings")).toEqual([
          { m: 19 },
        ]);
      }),
    );
  });

  test("keep their constraints, exclusion and domains' among them", async () => {
    await withDatabase(async (source) => {
      await source.query(FAMILIES);
      const store = new MemoryStore();
      for (const [column, mask, text] of [
        ["bookings.during", "int4range(1, 9)", "the constraint one_at_a_time"],
        ["people.mail", "'nobody'", 'check constraint "mail_form"'],
        ["people.code", "repeat('x', 13)", "the type of column code"],
        ["staff.initial", "'x'", "names no column that is dumped"],
        ["people.nothing", "'x'", "people.nothing names no column"],
        ["nobody.name", "'x'", "nobody fits no table"],
        ["visits.at", "date '2024-01-01'", "partition bounds"],
      ] as const)
        await expect(dump(source.url, store, { mask: { [column]: mask } })).rejects.toThrow(text);
      expect(store.committed).toBe(false);
    });
  });
});

test("checks keys without overlaps, and references to periods", async () => {
  await withDatabase(
    async (source) => {
      await source.query(`CREATE EXTENSION btree_gist;
        CREATE TABLE rooms (id int, valid int4range, PRIMARY KEY (id, valid WITHOUT OVERLAPS));
        CREATE TABLE stays (room int, during int4range,
          CONSTRAINT in_room FOREIGN KEY (room, PERIOD during) REFERENCES rooms (id, PERIOD valid));
        INSERT INTO rooms SELECT 1, int4range(i * 10, i * 10 + 10) FROM generate_series(0, 3) i;
        INSERT INTO stays VALUES (1, '[5,15)')`);
      const attempt = (column: string, mask: string) =>
        dump(source.url, new MemoryStore(), { mask: { [column]: mask } });
      // Covered by two rows together, and by none at its end.
      expect((await attempt("stays.during", "int4range(3, 39)")).rows).toBe(5);
      await expect(attempt("stays.during", "int4range(3, 41)")).rejects.toThrow("in_room");
      await expect(attempt("rooms.valid", "int4range(lower(valid), 41)")).rejects.toThrow(
        "breaks the constraint rooms_pkey",
      );
    },
    { major: 18 },
  );
});

test("takes a composite value of nulls alone for a value, and for the same as another", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE TYPE pair AS (x int, y int);
      CREATE TABLE t (a pair NOT NULL, b pair UNIQUE); INSERT INTO t VALUES (ROW(1, 2), ROW(1, 2)), (ROW(3, 4), ROW(3, 4))`);
    const attempt = (column: string) =>
      dump(source.url, new MemoryStore(), { mask: { [column]: "ROW(NULL, NULL)::public.pair" } });
    expect((await attempt("t.a")).rows).toBe(2);
    await expect(attempt("t.b")).rejects.toThrow("t_b_key of table public.t: two rows");
  });
});

test("takes SQL that begins with the operator @, and constants with quotes", async () => {
  await withMasked(
    { mask: { "logins.id": "@ (-id)", "users.note": "@constant(it's)" } },
    async (_source, target) => {
      expect(await target.query("SELECT sum(id)::int AS n FROM logins")).toEqual([{ n: 465 }]);
      expect(await target.query("SELECT DISTINCT note FROM users")).toEqual([{ note: "it's" }]);
    },
  );
});

test("makes masks from rows of the snapshot", async () => {
  await withMasked(
    {
      masksFrom: async (query) => {
        const rows = await query<{ id: number }>("SELECT id FROM public.users ORDER BY id");
        const map = Object.fromEntries(rows.map(({ id }) => [id, `client ${id}`]));
        return { "users.note": `'${JSON.stringify(map)}'::jsonb ->> id::text` };
      },
    },
    async (_source, target) => {
      expect(
        await target.query("SELECT count(*)::int AS n FROM users WHERE note = 'client ' || id"),
      ).toEqual([{ n: 50 }]);
    },
  );
});
