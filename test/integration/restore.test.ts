/** What a restore does with targets of all kinds: refuses, empties, fills, leaves alone. */
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import type { NexushubDumpError } from "../../src/errors.ts";
import type { ProgressEvent } from "../../src/events.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";
import { CHECKSUMS, SAMPLE_DATABASE } from "../support/sample-database.ts";

async function failure(work: Promise<unknown>): Promise<NexushubDumpError> {
  const error: unknown = await work.then(
    () => expect.fail("it should have failed"),
    (thrown: unknown) => thrown,
  );
  return error as NexushubDumpError;
}

async function archiveOf(
  sql: string,
  options: DumpOptions = {},
  major?: number,
): Promise<MemoryStore> {
  const store = new MemoryStore();
  await withDatabase(
    async (source) => {
      await source.query(sql);
      await dump(source.url, store, options);
    },
    { major },
  );
  return store;
}

/** Everything that a reproducible dump sees of a database. */
async function state(database: TestDatabase): Promise<string> {
  const store = new MemoryStore();
  await dump(database.url, store, { reproducible: true, compression: "none" });
  return store.bytes.toString("latin1");
}

const SMALL = `
  CREATE TABLE t (a int PRIMARY KEY, b text);
  INSERT INTO t SELECT i, 'row ' || i FROM generate_series(1, 1000) AS i`;

/** Something of every kind that lives in public or in no schema, and a schema of its own. */
const MESS = String.raw`
  CREATE SCHEMA other; CREATE TABLE other.t (a int);
  CREATE TABLE t (a int PRIMARY KEY, b text, c serial); INSERT INTO t VALUES (1, 'old');
  CREATE TABLE u (a int REFERENCES t); CREATE VIEW v AS SELECT * FROM t;
  CREATE MATERIALIZED VIEW m AS SELECT * FROM v;
  CREATE TABLE part (a int) PARTITION BY LIST (a); CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
  CREATE TYPE e AS ENUM ('x'); CREATE TYPE comp AS (a e, b int); CREATE DOMAIN d AS comp[];
  CREATE TYPE r AS RANGE (subtype = float8); CREATE SEQUENCE s;
  CREATE FUNCTION f(e, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
  CREATE AGGREGATE agg (int) (sfunc = int4pl, stype = int);
  CREATE OPERATOR === (leftarg = e, rightarg = int, function = f);
  CREATE OPERATOR FAMILY fam USING btree;
  CREATE OPERATOR CLASS cls FOR TYPE int USING btree FAMILY fam AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int, int);
  CREATE CAST (e AS int) WITH INOUT; CREATE COLLATION col FROM "C";
  CREATE TEXT SEARCH DICTIONARY dict (TEMPLATE = simple);
  CREATE TEXT SEARCH CONFIGURATION conf (PARSER = "default");
  CREATE CONVERSION conv FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
  CREATE FOREIGN DATA WRAPPER w; CREATE SERVER srv FOREIGN DATA WRAPPER w;
  CREATE USER MAPPING FOR PUBLIC SERVER srv; CREATE FOREIGN TABLE ft (a int) SERVER srv;
  CREATE PUBLICATION pub FOR TABLE t; CREATE STATISTICS st ON a, b FROM t;
  CREATE ACCESS METHOD am TYPE INDEX HANDLER bthandler;
  CREATE FUNCTION ev() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no changes here'; END $$;
  CREATE SUBSCRIPTION detached CONNECTION 'dbname=x' PUBLICATION y WITH (connect = false, slot_name = NONE);
  SELECT lo_from_bytea(99, 'old');
  CREATE EVENT TRIGGER evt ON ddl_command_start EXECUTE FUNCTION ev();`;

/** Without what keeps a database from being changed or dropped. */
const LESS_MESS = MESS.replaceAll(/CREATE (EVENT TRIGGER|SUBSCRIPTION).*/g, "");

/** Kills the sessions of a restore before it goes on: from another process, because ours must not turn meanwhile. */
function killSessions(database: TestDatabase): void {
  const script = `
    const { Client } = require("pg");
    const client = new Client({ connectionString: process.argv[1] });
    client.connect()
      .then(() => client.query("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'nexushub-dump'", [process.argv[2]]))
      .then(() => client.end());`;
  execFileSync(process.execPath, ["-e", script, "--", database.server.url, database.name]);
}

describe("a target that is not empty", () => {
  test("is refused, with what it holds, and not touched", async () => {
    const store = await archiveOf(SMALL);
    await withDatabase(async (target) => {
      await target.query("CREATE TABLE keep (a int); CREATE VIEW seen AS SELECT 1 AS x");
      const before = await state(target);
      const error = await failure(restore(store, target.url));
      expect(error).toMatchObject({ code: "TARGET_NOT_EMPTY" });
      expect(error.message).toContain("table public.keep, view public.seen");
      expect(await state(target)).toBe(before);
    });
  });

  test.each([
    "CREATE SCHEMA s",
    "CREATE TYPE e AS ENUM ()",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "SELECT lo_create(5)",
  ])("%s is enough", async (sql) => {
    const store = await archiveOf(SMALL);
    await withDatabase(async (target) => {
      await target.query(sql);
      expect((await failure(restore(store, target.url))).code).toBe("TARGET_NOT_EMPTY");
    });
  });

  test.each([13, 16, 18])("is emptied by force, whatever it holds, on %i", async (major) => {
    const store = await archiveOf(SAMPLE_DATABASE, {}, major);
    await withDatabase(
      async (target) => {
        await target.query(MESS);
        const { dropped } = await restore(store, target.url, { force: true });
        expect(dropped).toContain("table public.t");
        await withDatabase(
          async (clean) => {
            await restore(store, clean.url);
            expect(await state(target)).toBe(await state(clean));
            expect(await target.query(CHECKSUMS)).toEqual(await clean.query(CHECKSUMS));
          },
          { major },
        );
      },
      { major },
    );
  });

  test("keeps a subscription whose slot would stay behind, by name", async () => {
    const store = await archiveOf(SMALL);
    await withDatabase(async (target) => {
      await target.query(
        "CREATE SUBSCRIPTION sub CONNECTION 'dbname=x' PUBLICATION y WITH (connect = false, slot_name = 'a_slot')",
      );
      const error = await failure(restore(store, target.url, { force: true }));
      expect(error).toMatchObject({ code: "TARGET_NOT_EMPTY" });
      expect(error.message).toContain("subscription sub");
      await target.query("ALTER SUBSCRIPTION sub SET (slot_name = NONE)");
      await target.query("DROP SUBSCRIPTION sub");
    });
  });
});

describe("a restore that fails", () => {
  const at: Record<string, (event: ProgressEvent) => boolean> = {
    "while dropping": (event) => event.type === "phase" && event.phase === "drop",
    "while making tables": (event) => event.type === "statement" && event.index === 3,
    "while loading rows": (event) => event.type === "data",
    "while building indexes": (event) => event.type === "phase" && event.phase === "post-data",
    "just before COMMIT": (event) => event.type === "phase" && event.phase === "commit",
  };

  test.each(Object.keys(at))("by abort %s leaves the target as it was", async (when) => {
    const store = await archiveOf(SAMPLE_DATABASE, { partBytes: 10_000 });
    await withDatabase(async (target) => {
      await target.query(LESS_MESS);
      const before = await state(target);
      const abort = new AbortController();
      const error = await failure(
        restore(store, target.url, {
          force: true,
          signal: abort.signal,
          onProgress: (event) => {
            if (at[when]!(event)) abort.abort();
          },
        }),
      );
      expect(error.code).toBe("ABORTED");
      expect(error.message).toMatch(/^interrupted (?:while|before) [a-z ]+/);
      expect(await state(target)).toBe(before);
    });
  });

  test.each(Object.keys(at))("by a killed session %s leaves the target as it was", async (when) => {
    const store = await archiveOf(SAMPLE_DATABASE, { partBytes: 10_000 });
    await withDatabase(async (target) => {
      await target.query(LESS_MESS);
      const before = await state(target);
      let killed = false;
      const error = await failure(
        restore(store, target.url, {
          force: true,
          onProgress: (event) => {
            if (!at[when]!(event) || killed) return;
            killed = true;
            killSessions(target);
          },
        }),
      );
      expect(error.code).toBe("CONNECTION");
      expect(await state(target)).toBe(before);
    });
  });

  test("names the object and the statement, with PostgreSQL's message and position", async () => {
    const store = new MemoryStore();
    await withDatabase(async (source) => {
      await source.query(
        "CREATE TABLE t (a int); CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE INDEX i ON t (f(a)); INSERT INTO t VALUES (1)",
      );
      await source.query(
        "CREATE OR REPLACE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1 / ($1 - 1)'",
      );
      await dump(source.url, store);
    });
    await withDatabase(async (target) => {
      const error = await failure(restore(store, target.url));
      expect(error).toMatchObject({
        code: "SERVER",
        object: "index public.i",
        statement: "CREATE INDEX i ON public.t USING btree (public.f(a))",
        sqlState: "22012",
        message: "cannot restore index public.i: division by zero",
      });
    });
  });

  test("by rows that do not fit shows the line, and nothing of the row", async () => {
    const store = await archiveOf(
      "CREATE TABLE t (a text); INSERT INTO t VALUES ('1'), ('s3cret')",
      { dataOnly: true },
    );
    await withDatabase(async (target) => {
      await target.query("CREATE TABLE t (a int)");
      const error = await failure(restore(store, target.url, { dataOnly: true }));
      expect(error).toMatchObject({ object: "table public.t", sqlState: "22P02" });
      expect(error.message).toContain("line 2");
      expect(JSON.stringify([error.message, error, error.cause])).not.toContain("s3cret");
    });
  });

  test("by a damaged part commits nothing", async () => {
    const store = await archiveOf(SMALL, { compression: "none", partBytes: 1000 });
    const at = store.bytes.indexOf("row 900");
    store.bytes[at + 4] = store.bytes[at + 4]! ^ 1;
    await withDatabase(async (target) => {
      const error = await failure(restore(store, target.url));
      expect(error).toMatchObject({ code: "ARCHIVE_DAMAGED" });
      expect(error.object).toMatch(/^data\/0\/\d+\.copy$/);
      expect(await target.query("SELECT to_regclass('public.t') AS t")).toEqual([{ t: null }]);
    });
  });

  test("by a trigger that drops rows is found by counting", async () => {
    const store = await archiveOf(SMALL);
    await withDatabase(async (target) => {
      await target.query(`
        CREATE TABLE t (a int, b text);
        CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.a = 5 THEN RETURN NULL; END IF; RETURN NEW; END';
        CREATE TRIGGER skip BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION skip()`);
      const error = await failure(restore(store, target.url, { dataOnly: true }));
      expect(error).toMatchObject({ code: "MISMATCH", object: "table public.t" });
      await restore(store, target.url, { dataOnly: true, disableTriggers: true });
      expect(await target.query("SELECT count(*)::int AS n FROM t")).toEqual([{ n: 1000 }]);
      expect(await target.query("SELECT tgenabled FROM pg_trigger WHERE tgname = 'skip'")).toEqual([
        { tgenabled: "O" },
      ]);
    });
  });
});

describe("rows alone", () => {
  const CYCLE = `
    CREATE TABLE b (id int PRIMARY KEY, a_id int, self int REFERENCES b);
    CREATE TABLE a (id int PRIMARY KEY, b_id int REFERENCES b);
    ALTER TABLE b ADD CONSTRAINT b_a FOREIGN KEY (a_id) REFERENCES a;
    CREATE TABLE leaf (id int REFERENCES a DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE aaa_first (id int REFERENCES leaf_key (id));`.replace(
    "CREATE TABLE aaa_first (id int REFERENCES leaf_key (id));",
    "CREATE TABLE zz_root (id int PRIMARY KEY); CREATE TABLE aaa_first (id int REFERENCES zz_root);",
  );
  const ROWS = `
    INSERT INTO zz_root VALUES (1); INSERT INTO aaa_first VALUES (1);
    INSERT INTO a VALUES (1, NULL); INSERT INTO b VALUES (1, 1, 1), (2, 1, 1); UPDATE a SET b_id = 2; INSERT INTO leaf VALUES (1)`;

  test("are loaded in the order of foreign keys, cycles included, and everything else is as before", async () => {
    const store = await archiveOf(CYCLE + ROWS);
    await withDatabase(async (target) => {
      await target.query(CYCLE);
      const before = await state(target);
      await restore(store, target.url, { dataOnly: true });
      expect(await target.query("SELECT * FROM b ORDER BY id")).toEqual([
        { id: 1, a_id: 1, self: 1 },
        { id: 2, a_id: 1, self: 1 },
      ]);
      const again = await failure(restore(store, target.url, { dataOnly: true }));
      expect(again).toMatchObject({ code: "TARGET_NOT_EMPTY" });
      expect(again.message).toContain("rows in table public.a");
      await target.query("UPDATE a SET b_id = NULL; INSERT INTO zz_root VALUES (77)");
      await restore(store, target.url, { dataOnly: true, force: true });
      expect(await target.query("SELECT count(*)::int AS n FROM zz_root")).toEqual([{ n: 1 }]);
      await target.query("TRUNCATE a, b, leaf, zz_root, aaa_first");
      expect(await state(target)).toBe(before);
    });
  });

  test("that break a foreign key are refused, naming it", async () => {
    const store = await archiveOf(CYCLE + ROWS, { where: { b: "id = 1" } });
    await withDatabase(async (target) => {
      await target.query(CYCLE);
      const error = await failure(restore(store, target.url, { dataOnly: true }));
      expect(error).toMatchObject({ sqlState: "23503", constraint: "a_b_id_fkey" });
      expect(await target.query("SELECT count(*)::int AS n FROM b")).toEqual([{ n: 0 }]);
    });
  });

  test("need their tables", async () => {
    const store = await archiveOf(SMALL, { dataOnly: true });
    await withDatabase(async (target) => {
      const error = await failure(restore(store, target.url, { dataOnly: true }));
      expect(error).toMatchObject({
        code: "MISMATCH",
        message: "the target lacks the table public.t",
      });
    });
  });
});

describe("choices", () => {
  test("restores chosen tables with what they need and without what needs others", async () => {
    const store = await archiveOf(SAMPLE_DATABASE);
    await withDatabase(async (target) => {
      const { warnings } = await restore(store, target.url, { tables: ["child", "log*"] });
      expect(await target.query("SELECT count(*)::int AS n FROM child")).toEqual([{ n: 500 }]);
      expect(await target.query("SELECT count(*)::int AS n FROM log")).toEqual([{ n: 60 }]);
      expect(
        await target.query(
          "SELECT to_regclass('parent') AS p, to_regclass('child_parent') IS NOT NULL AS i",
        ),
      ).toEqual([{ p: null, i: true }]);
      expect(warnings.map(({ message }) => message).join()).toContain(
        "child_parent_id_fkey was left out: it needs table public.parent",
      );

      const again = await failure(restore(store, target.url, { tables: ["child"] }));
      expect(again).toMatchObject({ code: "TARGET_NOT_EMPTY" });
      await target.query("DELETE FROM child WHERE id > 100; CREATE TABLE bystander (a int)");
      await restore(store, target.url, { tables: ["child"], force: true });
      expect(await target.query("SELECT count(*)::int AS n FROM child")).toEqual([{ n: 500 }]);
      expect(await target.query("SELECT to_regclass('bystander') IS NOT NULL AS there")).toEqual([
        { there: true },
      ]);

      expect((await failure(restore(store, target.url, { tables: ["absent"] }))).code).toBe(
        "USAGE",
      );
    });
  });

  test("restores the schema alone", async () => {
    const store = await archiveOf(SAMPLE_DATABASE);
    await withDatabase(async (target) => {
      const result = await restore(store, target.url, { schemaOnly: true });
      expect(result.rows).toBe(0);
      expect(await target.query("SELECT count(*)::int AS n FROM parent")).toEqual([{ n: 0 }]);
      await restore(store, target.url, { dataOnly: true });
      expect(await target.query("SELECT count(*)::int AS n FROM parent")).toEqual([{ n: 3001 }]);
    });
  });

  test("runs everything in a dry run, and keeps nothing", async () => {
    const store = await archiveOf(SAMPLE_DATABASE);
    await withDatabase(async (target) => {
      const result = await restore(store, target.url, { dryRun: true });
      expect(result).toMatchObject({ committed: false });
      expect(result.rows).toBeGreaterThan(3000);
      expect(await target.query("SELECT to_regclass('parent') AS p")).toEqual([{ p: null }]);
    });
  });

  test("lists missing roles before anything runs, and needs none without owners and privileges", async () => {
    await withDatabase(async (source) => {
      const [one, two] = [`one_${source.name}`, `two_${source.name}`];
      const store = new MemoryStore();
      await source.query(`CREATE ROLE "${one}"; CREATE ROLE "${two}"; CREATE TABLE t (a int);
        ALTER TABLE t OWNER TO "${one}"; GRANT SELECT ON t TO "${two}"`);
      await dump(source.url, store, { owner: true, privileges: true });
      await withDatabase(async (target) => {
        await restore(store, target.url, { owner: true, privileges: true });
        expect(
          await target.query(
            "SELECT relowner::regrole::text AS owner FROM pg_class WHERE relname = 't'",
          ),
        ).toEqual([{ owner: one }]);
        await target.query("DROP TABLE t");
        await source.query(`DROP OWNED BY "${one}", "${two}"; DROP ROLE "${one}", "${two}"`);
        const error = await failure(restore(store, target.url, { owner: true, privileges: true }));
        expect(error).toMatchObject({ code: "ROLES_MISSING", object: `${one}, ${two}` });
        await restore(store, target.url);
        expect(await target.query("SELECT count(*)::int AS n FROM t")).toEqual([{ n: 0 }]);
      });
    });
  });

  test("becomes another role first", async () => {
    const store = await archiveOf(SMALL);
    await withDatabase(async (target) => {
      const role = `owner_${target.name}`;
      await target.query(`CREATE ROLE "${role}"; GRANT ALL ON SCHEMA public TO "${role}"`);
      try {
        await restore(store, target.url, { role });
        expect(
          await target.query(
            "SELECT relowner::regrole::text AS owner FROM pg_class WHERE relname = 't'",
          ),
        ).toEqual([{ owner: role }]);
      } finally {
        await target.query(`DROP OWNED BY "${role}"; DROP ROLE "${role}"`);
      }
    });
  });
});

describe("a client of the caller's", () => {
  test("keeps its transaction and its settings", async () => {
    const store = await archiveOf(SMALL);
    await withDatabase(async (target) => {
      const client = await target.client();
      await client.query(
        "SET work_mem = '7MB'; SET search_path = public, pg_catalog; BEGIN; SET LOCAL timezone = 'Asia/Tokyo'",
      );
      const result = await restore(store, client);
      expect(result).toMatchObject({ committed: false, rows: 1000 });
      const { rows } = await client.query(
        "SELECT current_setting('timezone') AS zone, current_setting('search_path') AS path, current_setting('session_replication_role') AS role, count(*)::int AS n FROM t",
      );
      expect(rows).toEqual([
        { zone: "Asia/Tokyo", path: "public, pg_catalog", role: "origin", n: 1000 },
      ]);
      await client.query("ROLLBACK");
      expect(await target.query("SELECT to_regclass('t') AS t")).toEqual([{ t: null }]);
      await client.query("BEGIN");
      await restore(store, client);
      await client.query("COMMIT");
      expect(await target.query("SELECT count(*)::int AS n FROM t")).toEqual([{ n: 1000 }]);
    });
  });

  test("works under REPEATABLE READ, and stays usable after an abort", async () => {
    const store = await archiveOf(SMALL);
    await withDatabase(async (target) => {
      const client = await target.client();
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      await restore(store, client);
      await client.query("ROLLBACK");
      const abort = new AbortController();
      await client.query("BEGIN");
      const error = await failure(
        restore(store, client, {
          signal: abort.signal,
          onProgress: (event) => {
            if (event.type === "data") abort.abort();
          },
        }),
      );
      expect(error.code).toBe("ABORTED");
      await client.query("ROLLBACK");
      expect((await client.query("SELECT to_regclass('t') AS t")).rows).toEqual([{ t: null }]);
    });
  });

  test("must be inside a transaction", async () => {
    const store = await archiveOf(SMALL);
    await withDatabase(async (target) => {
      const client = await target.client();
      expect((await failure(restore(store, client))).code).toBe("USAGE");
      expect((await client.query("SELECT 1 AS x")).rows).toEqual([{ x: 1 }]);
    });
  });
});

describe("what a restore leaves behind", () => {
  test.each([14, 18])("is frozen, all visible and analyzed on %i", async (major) => {
    const store = await archiveOf(SMALL, {}, major);
    await withDatabase(
      async (target) => {
        await restore(store, target.url);
        const rows = await target.query(
          "SELECT relallvisible = relpages AS visible, relpages > 0 AS pages, reltuples::int AS tuples FROM pg_class WHERE relname = 't'",
        );
        expect(rows).toEqual([{ visible: true, pages: true, tuples: 1000 }]);
        expect(
          await target.query("SELECT count(*) > 0 AS known FROM pg_stats WHERE tablename = 't'"),
        ).toEqual([{ known: true }]);
      },
      { major },
    );
  });

  test("is not undone by an event trigger of the target", async () => {
    const store = await archiveOf(SMALL);
    await withDatabase(async (target) => {
      await target.query(`
        CREATE SCHEMA guard; CREATE FUNCTION guard.ev() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no changes here'; END $$;
        CREATE EVENT TRIGGER evt ON ddl_command_start EXECUTE FUNCTION guard.ev()`);
      await restore(store, target.url, { force: true });
      expect(await target.query("SELECT count(*)::int AS n FROM t")).toEqual([{ n: 1000 }]);
    });
  });
});
