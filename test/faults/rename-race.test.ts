/**
 * Schemas are renamed at any moment of a dump, often back as well. No function of the other schema runs, and no finished
 * archive holds a row under the name of another table.
 */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { isNexushubDumpError } from "../../src/errors.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { campaign } from "./campaign.ts";

const RENAMES = campaign("renamed schemas", { gate: 3, full: 200, msPerRun: 15_000 });

const TABLES = 30;
/** A file of the server's host that the functions of other schemas write. It is removed after each run. */
const WITNESS = `/tmp/nhd-witness-${randomUUID()}`;

/**
 * `a` is dumped, `b` is too and has the same tables, `v` has views over a function in their place, and `x` has tables with
 * an index that calls one. Their comments stay with them, whatever they are called.
 */
const SCHEMA = `
  CREATE SCHEMA code;
  CREATE FUNCTION code.run() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
  CREATE FUNCTION code.constant() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT code.run()';
  CREATE SCHEMA a; CREATE SCHEMA b; CREATE SCHEMA v; CREATE SCHEMA x;
  DO $$BEGIN
    FOR i IN 1..${TABLES} LOOP
      EXECUTE format('CREATE TABLE a.t%s AS SELECT n, ''a'' AS mark, repeat(''.'', %s) AS p
                      FROM generate_series(1, 8000) n', i, CASE WHEN i = 8 THEN 1900 ELSE 1 END);
      EXECUTE format('CREATE TABLE b.t%s AS SELECT n, ''b'' AS mark, '''' AS p FROM generate_series(1, 30) n', i);
      EXECUTE format('CREATE VIEW v.t%s AS SELECT code.run() AS n, ''v''::text AS mark, '''' AS p', i);
      EXECUTE format('CREATE TABLE x.t%s AS SELECT n, ''x'' AS mark, '''' AS p FROM generate_series(1, 30) n', i);
    END LOOP;
  END$$;
  CREATE INDEX ON x.t8 ((code.constant())); CREATE INDEX ON x.t1 ((code.constant()));
  COMMENT ON SCHEMA a IS 'a'; COMMENT ON SCHEMA b IS 'b'; COMMENT ON SCHEMA v IS 'v'; COMMENT ON SCHEMA x IS 'x';
  ANALYZE;
  CREATE OR REPLACE FUNCTION code.run() RETURNS int LANGUAGE plpgsql AS
    $$BEGIN EXECUTE 'COPY (SELECT 1) TO ''${WITNESS}'''; RETURN 1; END$$`;

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await freshDatabase();
  await database.query(SCHEMA);
  client = await database.client();
});

afterAll(() => database.drop());

type Outcome = "whole" | "repeated" | "refused";

const OPTIONS: readonly DumpOptions[] = [
  { jobs: 1 },
  { jobs: 3 },
  { jobs: 1, mask: { "a.t1.p": "@text", "a.t8.p": "@null" } },
  { jobs: 2, sample: { "a.t8": "5%" } },
];

/** Tables with rows of another schema than the one whose comment the archive has under the same name. */
async function misplaced(archive: MemoryStore): Promise<string[]> {
  const reader = await openArchive(archive);
  try {
    const { objects, relations } = reader.manifest;
    const sql = objects.flatMap(({ statements }) => statements).join("\n");
    const markOf = (schema: string): string | undefined =>
      new RegExp(`COMMENT ON SCHEMA ${schema} IS '(.)'`).exec(sql)?.[1];
    const wrong: string[] = [];
    for (const { namespace, name, parts } of relations) {
      for await (const { data } of reader.readAhead(parts, { signal: undefined })) {
        const mark = data.toString("latin1", 0, 64).split("\t")[1];
        if (mark !== markOf(namespace)) wrong.push(`${namespace}.${name} holds ${mark}`);
      }
    }
    return wrong;
  } finally {
    await reader.close();
  }
}

async function hasRun(): Promise<boolean> {
  const { rows } = await client.query<{ size: string | null }>(
    `SELECT (pg_stat_file('${WITNESS}', true)).size`,
  );
  return rows[0]!.size !== null;
}

/** Puts another schema in the place of `a`, and after a while puts it back. */
async function swap(other: string, backAfterMs: number): Promise<void> {
  await client.query(
    `BEGIN; ALTER SCHEMA a RENAME TO a_old; ALTER SCHEMA ${other} RENAME TO a; COMMIT`,
  );
  if (backAfterMs > 0) await sleep(backAfterMs);
  await client.query(
    `BEGIN; ALTER SCHEMA a RENAME TO ${other}; ALTER SCHEMA a_old RENAME TO a; COMMIT`,
  );
}

async function race(run: number, longestMs: number): Promise<{ outcome: Outcome; ran: boolean }> {
  const random = RENAMES.random(run);
  const options = random.pick(OPTIONS);
  // Masks and samples are queries, whose planning runs functions of the dumped tables' indexes: `x` can be one of these.
  const isPlain = options.mask === undefined && options.sample === undefined;
  const other = random.pick(isPlain ? ["b", "v", "x"] : ["b", "v"]);
  const delay = random.below(longestMs);
  // Many swaps, of which some are shorter than a COPY, or a few long ones.
  const times = random.pick([1, 1, 3, 20]);
  const stay = random.pick([0, 0, 1, 30]);
  const archive = new MemoryStore();
  const over = new AbortController();
  const dumping = dump(database.url, archive, { ...options, schemas: ["a", "b"] }).finally(() =>
    over.abort(),
  );
  const swapping = (async () => {
    await sleep(delay);
    for (let i = 0; i < times && !over.signal.aborted; i++) await swap(other, stay);
  })();
  const [result, swaps] = await Promise.allSettled([dumping, swapping]);
  expect(swaps.status).toBe("fulfilled");
  const ran = await hasRun();
  rmSync(WITNESS, { force: true });
  if (ran)
    process.stderr.write(
      `faults: run ${run}: ${other} ran with ${JSON.stringify(options)}, ${times} times ${stay} ms\n`,
    );
  if (result.status === "rejected") {
    expect(isNexushubDumpError(result.reason), String(result.reason)).toBe(true);
    expect(archive.committed).toBe(false);
    return { outcome: "refused", ran };
  }
  expect(await misplaced(archive)).toEqual([]);
  const repeated = result.value.warnings.some(({ code }) => code === "dump-repeated");
  return { outcome: repeated ? "repeated" : "whole", ran };
}

test(
  "no renaming of schemas puts code or rows of another relation into a dump",
  { timeout: RENAMES.timeoutMs },
  async () => {
    const started = performance.now();
    await dump(database.url, new MemoryStore(), { jobs: 1, schemas: ["a", "b"] });
    const longestMs = Math.ceil(performance.now() - started);
    const counts = { whole: 0, repeated: 0, refused: 0, "functions run": 0 };
    for (let run = 0; run < RENAMES.runs; run++) {
      const { outcome, ran } = await race(run, longestMs);
      counts[outcome]++;
      if (ran) counts["functions run"]++;
    }
    RENAMES.print(counts);
    expect(counts["functions run"]).toBe(0);
  },
);
