/**
 * Every pair of types, on a real server: where an undelete takes a text of one for the other, the server reads it as the value
 * that its own conversion gives, or refuses it.
 */
import { expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import { compareTypes } from "../../src/undelete/compare-types.ts";
import { archivedTypes } from "../../src/undelete/type-changes.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

const SCHEMA = `
  CREATE TYPE mood AS ENUM ('ok', 'sad', 'calm'); CREATE TYPE more AS ENUM ('ok', 'glad', 'sad', 'calm', 'end');
  CREATE TYPE fewer AS ENUM ('ok', 'calm'); CREATE TYPE turned AS ENUM ('sad', 'ok', 'calm');
  CREATE DOMAIN word AS varchar(4); CREATE DOMAIN moment AS timestamp(3); CREATE DOMAIN any_moment AS timestamptz;
  CREATE TYPE pair AS (a int, b timestamp); CREATE TYPE wide AS (a bigint, b timestamp);
  CREATE TYPE zoned AS (a int, b timestamptz); CREATE TYPE swapped AS (b int, a timestamp);
  CREATE TYPE spans AS RANGE (SUBTYPE = timestamp); CREATE TYPE zoned_spans AS RANGE (SUBTYPE = timestamptz);`;

const INTEGERS = ["0", "-1", "32767", "70000", "3000000000"];
const DECIMALS = [...INTEGERS, "1.5", "1.005", "-0.10", "123456.789", "1e20", "NaN"];
const TIMES = ["2025-07-02 03:04:05.678901", "2024-12-31 23:59:59.9999", "infinity"];
const WORDS = [
  "ok",
  "sad",
  "glad",
  "a   ",
  "",
  " x",
  "12",
  "1.5",
  "true",
  "{}",
  "2025-01-01",
  "a'\\b",
];

/** Types with values as texts; what a type does not take is left out. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(["smallint", "integer", "bigint", "oid"].map((type) => [type, INTEGERS])),
  ...Object.fromEntries(
    [
      "numeric",
      "numeric(8,2)",
      "numeric(9,3)",
      "numeric(8,3)",
      "numeric(4,-1)",
      "real",
      "double precision",
      "money",
    ].map((type) => [type, DECIMALS]),
  ),
  ...Object.fromEntries(
    [
      "text",
      "character varying",
      "character varying(2)",
      "character varying(6)",
      "character(2)",
      "character(6)",
      "bpchar",
      "name",
      '"char"',
      "word",
      "bytea",
    ].map((type) => [type, WORDS]),
  ),
  boolean: ["t", "f"],
  ...Object.fromEntries(
    ["bit(3)", "bit(4)", "bit varying", "bit varying(3)"].map((t) => [t, ["101", "1010"]]),
  ),
  date: ["2025-01-02", "infinity", "0044-03-15 BC"],
  ...Object.fromEntries(
    [
      "timestamp without time zone",
      "timestamp(0) without time zone",
      "timestamp(4) without time zone",
      "timestamp with time zone",
      "timestamp(0) with time zone",
      "moment",
      "any_moment",
    ].map((type) => [type, TIMES]),
  ),
  ...Object.fromEntries(
    ["time without time zone", "time(1) without time zone", "time with time zone"].map((type) => [
      type,
      ["03:04:05.678901", "24:00:00", "03:04:05+07"],
    ]),
  ),
  ...Object.fromEntries(
    ["interval", "interval(1)", "interval(3)", "interval day to second(2)", "interval year"].map(
      (type) => [type, ["1 year 2 mons 3 days 04:05:06.789", "-1 day", "00:00:00.05"]],
    ),
  ),
  uuid: ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
  json: ['{"a": 1, "a": 2}', "1", '"x"'],
  jsonb: ['{"a": 1, "b": [null]}', "1.50", '"x"'],
  inet: ["10.0.0.1", "10.0.0.0/8"],
  cidr: ["10.0.0.0/8", "10.0.0.1/32"],
  macaddr: ["08:00:2b:01:02:03"],
  macaddr8: ["08:00:2b:01:02:03:04:05"],
  ...Object.fromEntries(
    ["int4range", "int8range", "numrange"].map((type) => [type, ["[1,5)", "(,7]", "empty"]]),
  ),
  ...Object.fromEntries(
    ["tsrange", "tstzrange", "daterange", "spans", "zoned_spans"].map((type) => [
      type,
      ["[2025-01-01,2025-01-02)", "empty"],
    ]),
  ),
  ...Object.fromEntries(["mood", "more", "fewer", "turned"].map((type) => [type, WORDS])),
  ...Object.fromEntries(
    ["pair", "wide", "zoned", "swapped"].map((type) => [
      type,
      ['(1,"2025-07-02 03:04:05")', "(,)"],
    ]),
  ),
  ...Object.fromEntries(
    ["integer[]", "bigint[]", "numeric(8,2)[]"].map((type) => [
      type,
      ["{1,NULL}", "{}", "{{1},{70000}}"],
    ]),
  ),
  ...Object.fromEntries(
    ["text[]", "character varying(6)[]", "mood[]", "more[]", "fewer[]", "turned[]", "word[]"].map(
      (type) => [type, ["{ok,NULL}", '{sad,"a   "}', "{}"]],
    ),
  ),
};
const NAMES = Object.keys(TYPES);
const OF_USERS = /^(mood|more|fewer|turned|pair|wide|zoned|swapped|spans|zoned_spans)(\[\])?$/;

/**
 * The text of a value, what the server reads from it as COPY does, and what its own conversion makes of the value; null for an
 * error. `r_<n>` has a column of the n-th type.
 */
const PROBE = `
  CREATE FUNCTION row_of(type text, n int) RETURNS text LANGUAGE sql AS $$
    SELECT format('json_populate_record(NULL::r_%s, %s)', n,
      CASE WHEN type LIKE 'json%' THEN '(''{"v":'' || $1 || ''}'')::json' ELSE 'json_build_object(''v'', $1)' END) $$;
  CREATE FUNCTION text_of(expression text, value text) RETURNS text LANGUAGE plpgsql AS $$
  DECLARE result text;
  BEGIN EXECUTE format('SELECT format(''%%s'', %s)', expression) INTO result USING value; RETURN result;
  EXCEPTION WHEN cannot_coerce THEN RETURN 'no cast'; WHEN others THEN RETURN NULL; END $$;`;

interface Probe {
  readonly given: string | null;
  readonly read: string | null;
  readonly converted: string | null;
}

async function probe(
  database: TestDatabase,
  [from, to]: readonly [string, string],
): Promise<readonly Probe[]> {
  const numbers = [NAMES.indexOf(from), NAMES.indexOf(to)];
  return database.query<Probe>(
    `WITH given AS (
       SELECT v AS value, text_of('(' || row_of($2, $4) || ').v', v) AS given FROM unnest($1::text[]) AS v)
     SELECT given, text_of('(' || row_of($3, $5) || ').v', given) AS read,
            text_of('((' || row_of($2, $4) || ').v)::' || $3, value) AS converted FROM given`,
    [TYPES[from], from, to, ...numbers],
  );
}

test("a text that is taken for another type's is read as the value that it was", async () => {
  await withDatabase(
    async (database) => {
      await database.query(`${SCHEMA} ${PROBE}`);
      await database.query(NAMES.map((name, n) => `CREATE TYPE r_${n} AS (v ${name})`).join(";"));
      await database.query(
        `CREATE TABLE t (${NAMES.map((name, n) => `c${n} ${name}`).join(", ")})`,
      );
      const store = new MemoryStore();
      await dump(database.url, store);
      const { manifest } = await openArchive(store);
      const { names, archived: lookUp } = archivedTypes(manifest)!;
      const typeOf = (n: number) => ({ name: names[manifest.relations[0]!.types![n]!]!, lookUp });
      const wrong: unknown[] = [];
      const counts = { same: 0, checked: 0, changed: 0, values: 0 };
      for (const [n, from] of NAMES.entries()) {
        for (const [m, to] of NAMES.entries()) {
          const reading = compareTypes(typeOf(n), typeOf(m));
          counts[reading]++;
          if (reading === "changed") {
            expect(n).not.toBe(m);
            continue;
          }
          for (const { given, read, converted } of await probe(database, [from, to])) {
            if (given === null) continue;
            counts.values++;
            const isRefused = reading === "checked" && read === null;
            // Between two types of users the text is the only way.
            if (
              isRefused ||
              read === converted ||
              (read !== null && converted === "no cast" && OF_USERS.test(to))
            )
              continue;
            wrong.push([from, to, reading, given, read, converted]);
          }
        }
      }
      expect(wrong).toEqual([]);
      expect(counts.same).toBeGreaterThan(NAMES.length + 80);
      expect(counts.checked).toBeGreaterThan(30);
      expect(counts.values).toBeGreaterThan(400);
    },
    { major: 16 },
  );
});
