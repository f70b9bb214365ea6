/**
 * Somebody renames schemas while a dump runs, so that a name stands for another relation than the one that was locked. No
 * code of that somebody runs, and no row of another relation gets into a finished archive.
 */
import type { Client } from "pg";
import { afterEach, describe, expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import type { NexushubDumpError } from "../../src/errors.ts";
import type { ProgressEvent } from "../../src/events.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";
import { statementProxy } from "../support/statement-proxy.ts";

/** Takes a lock until the session ends, which a test can see: whatever runs in a dump may do that. */
const WITNESS = 4711;

const SCHEMA = `
  CREATE SCHEMA s;
  CREATE TABLE s.t (id int PRIMARY KEY, v text);
  INSERT INTO s.t SELECT i, 'right' FROM generate_series(1, 60) AS i;
  CREATE SEQUENCE s.q START 7;
  CREATE SCHEMA evil; CREATE SCHEMA code;
  CREATE TABLE public.witness (t text);
  CREATE FUNCTION code.run() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
  CREATE FUNCTION code.constant() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT code.run()';`;

/** Only now: creating an index runs the function too. */
const ARM = `CREATE OR REPLACE FUNCTION code.run() RETURNS int LANGUAGE plpgsql AS
  $$BEGIN PERFORM pg_catalog.pg_advisory_lock(${WITNESS}); RETURN 1; END$$`;

const EVIL = {
  view: `CREATE VIEW evil.t AS SELECT code.run() AS id, 'wrong' AS v`,
  table: `CREATE TABLE evil.t (id int, v text); INSERT INTO evil.t VALUES (1, 'wrong');
          CREATE INDEX ON evil.t ((code.constant()))`,
};

const SWAP = "ALTER SCHEMA s RENAME TO s_old; ALTER SCHEMA evil RENAME TO s";
const SWAP_BACK = "ALTER SCHEMA s RENAME TO evil; ALTER SCHEMA s_old RENAME TO s";

interface Race {
  readonly database: TestDatabase;
  /** Renames before the first statement that `at` matches, and back before the next one that `until` matches. */
  readonly at: RegExp;
  readonly until?: RegExp;
  /** How often; default once. */
  readonly times?: number;
  readonly options?: DumpOptions;
}

interface Outcome {
  readonly error: NexushubDumpError | undefined;
  readonly archive: MemoryStore;
  readonly warnings: readonly string[];
  /** Whether code of the other schema ran before the dump began again with its relations as they are. */
  readonly ran: boolean;
}

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

async function race({ database, at, until, times = 1, options = {} }: Race): Promise<Outcome> {
  let left = times;
  let swapped = false;
  let ran = false;
  let repeated = false;
  const other = await database.client();
  const proxy = await statementProxy(database.url, async (sql) => {
    if (!ran && !repeated) ran = await hasRun(other);
    if (swapped && until?.test(sql) === true) {
      await other.query(SWAP_BACK);
      swapped = false;
    } else if (!swapped && left > 0 && at.test(sql)) {
      await other.query(SWAP);
      swapped = true;
      left--;
    }
  });
  closers.push(() => proxy.close());
  const archive = new MemoryStore();
  const warnings: string[] = [];
  const onProgress = (event: ProgressEvent): void => {
    repeated ||= event.type === "warning" && event.code === "dump-repeated";
  };
  const error = await dump(proxy.url, archive, { jobs: 1, onProgress, ...options }).then(
    (result) => void warnings.push(...result.warnings.map(({ code }) => code)),
    (thrown: unknown) => thrown as NexushubDumpError,
  );
  expect(left, "the race took place").toBe(0);
  return { error: error ?? undefined, archive, warnings, ran };
}

/** Whether a session that is still there has run the function that takes the lock. */
async function hasRun(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${WITNESS}`,
  );
  return rowCount !== 0;
}

/** The rows of a table in an archive, as COPY text. */
async function rowsOf(archive: MemoryStore, schema: string, name: string): Promise<string> {
  const reader = await openArchive(archive);
  try {
    const relation = reader.manifest.relations.find(
      (each) => each.namespace === schema && each.name === name,
    );
    const parts: Buffer[] = [];
    for await (const { data } of reader.readAhead(relation!.parts, { signal: undefined }))
      parts.push(Buffer.from(data));
    return Buffer.concat(parts).toString();
  } finally {
    await reader.close();
  }
}

function withRace<T>(evil: string, body: (database: TestDatabase) => Promise<T>, major?: number) {
  return withDatabase(
    async (database) => {
      await database.query(`${SCHEMA} ${evil}; ${ARM}`);
      return body(database);
    },
    { major },
  );
}

/** Statements that read the table, by the way in which it is dumped. */
const WAYS: readonly (readonly [string, RegExp, DumpOptions])[] = [
  ["a plain COPY", /COPY s\.t/, {}],
  [
    "a sorted COPY",
    /COPY \(SELECT .* FROM ONLY s\.t/s,
    { reproducible: true, excludeSchemas: ["evil"] },
  ],
  ["a masked COPY", /COPY \(SELECT .* FROM ONLY s\.t/s, { mask: { "s.t.v": "@text" } }],
  ["the check of a mask", /bool_or|count\(/, { mask: { "s.t.v": "@text" } }],
  ["a sample", /SELECT t\.tableoid AS oid|width_bucket/, { sample: { "s.t": "newest 5" } }],
];

describe.each(["view", "table"] as const)("a %s in the table's place", (kind) => {
  test.each(WAYS)("before %s is not read, and the dump begins again", async (_way, at, options) => {
    await withRace(EVIL[kind], async (database) => {
      const patterns = options.mask ?? options.sample;
      const result = await race({ database, at, options });
      expect(result.ran).toBe(false);
      if (patterns === undefined) {
        expect(result.error).toBeUndefined();
        expect(result.warnings).toContain("dump-repeated");
        expect(await rowsOf(result.archive, "s_old", "t")).not.toContain("wrong");
      } else {
        // The options name what is gone by then, or a view.
        expect(result.archive.committed && kind === "view").toBe(false);
      }
    });
  });

  test("each time ends the dump with an error that names the table", async () => {
    await withRace(EVIL[kind], async (database) => {
      const result = await race({ database, at: /COPY s\.t/, until: /^BEGIN/, times: 2 });
      expect(result.error).toMatchObject({ code: "RELATION_REPLACED", object: "table s.t" });
      expect(result.archive.committed).toBe(false);
      expect(result.ran).toBe(false);
    });
  });
});

test("rows of a table that is there for one COPY alone, and gone afterwards, get into no archive", async () => {
  await withRace(EVIL.table, async (database) => {
    const result = await race({ database, at: /COPY s\.t/, until: /./ });
    expect(result.warnings).toContain("dump-repeated");
    expect(await rowsOf(result.archive, "s", "t")).not.toContain("wrong");
    expect(result.ran).toBe(false);
  });
});

test("tables of the dump that change places for one COPY do not change rows", async () => {
  await withRace(EVIL.table, async (database) => {
    const options = { jobs: 3 };
    const result = await race({ database, at: /COPY s\.t/, until: /./, options });
    expect(result.warnings).toContain("dump-repeated");
    expect(await rowsOf(result.archive, "s", "t")).not.toContain("wrong");
    expect(await rowsOf(result.archive, "evil", "t")).not.toContain("right");
  });
});

test("a table that takes the place before it is locked is not taken for it", async () => {
  await withRace(EVIL.table, async (database) => {
    const result = await race({ database, at: /LOCK TABLE/, until: /^SELECT/ });
    expect(result.error).toBeUndefined();
    expect(await rowsOf(result.archive, "s", "t")).not.toContain("wrong");
  });
});

test.each([16, 18])("another relation in a sequence's place is not read, on %i", async (major) => {
  const evil = `CREATE VIEW evil.q AS SELECT 99::int8 AS last_value, true AS is_called, code.run() AS log_cnt`;
  await withRace(
    evil,
    async (database) => {
      const result = await race({ database, at: /last_value AS/, until: /./ });
      const reader = await openArchive(result.archive);
      expect(reader.manifest.sequences.map(({ lastValue }) => lastValue)).toEqual(["7"]);
      await reader.close();
      expect(result.ran).toBe(false);
    },
    major,
  );
});

test("privileges on a schema that change during a dump do no harm", async () => {
  await withRace(EVIL.view, async (database) => {
    const proxy = await statementProxy(database.url, async (sql) => {
      if (sql.includes("COPY s.t"))
        await database.query("GRANT USAGE ON SCHEMA s, public, evil TO PUBLIC");
    });
    closers.push(() => proxy.close());
    const result = await dump(proxy.url, new MemoryStore(), { jobs: 1 });
    expect(result.warnings).toEqual([]);
  });
});

test.each([13, 18])("views are restricted on %i, but not for SQL of the user's", async (major) => {
  await withDatabase(
    async (database) => {
      await database.query(
        `CREATE TABLE t AS SELECT i FROM generate_series(1, 5) i; CREATE VIEW v AS SELECT i FROM t WHERE i < 3`,
      );
      const settings: string[] = [];
      const proxy = await statementProxy(database.url, (sql) => void settings.push(sql));
      closers.push(() => proxy.close());
      const condition = { t: "i IN (SELECT i FROM public.v)" };
      const { rows } = await dump(proxy.url, new MemoryStore(), { where: condition });
      expect(rows).toBe(2);
      const begin = settings.filter((sql) => sql.startsWith("BEGIN"));
      expect(begin.length).toBeGreaterThan(0);
      for (const sql of begin)
        expect(sql).toContain("SET LOCAL restrict_nonsystem_relation_kind = 'view, foreign-table'");
    },
    { major },
  );
});

test("a table with an index that calls a function is copied by its name alone", async () => {
  await withRace("", async (database) => {
    const login = `${database.name}_owner`;
    await database.server.admin(`CREATE ROLE ${login}`);
    try {
      await database.query(
        `ALTER FUNCTION code.constant() OWNER TO ${login};
           CREATE TABLE big AS SELECT i, repeat(md5(i::text), 30) AS t FROM generate_series(1, 30000) AS i;
           CREATE INDEX ON big ((code.constant()))`,
      );
      const statements: string[] = [];
      const proxy = await statementProxy(database.url, (sql) => void statements.push(sql));
      closers.push(() => proxy.close());
      await dump(proxy.url, new MemoryStore(), { jobs: 3 });
      expect(statements.filter((sql) => sql.includes("COPY public.big"))).toHaveLength(1);
      expect(statements.filter((sql) => sql.includes("ONLY public.big WHERE"))).toEqual([]);
    } finally {
      await database.query(`DROP OWNED BY ${login} CASCADE`);
      await database.server.admin(`DROP ROLE ${login}`);
    }
  });
});
