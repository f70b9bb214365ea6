/**
 * The same contents, reached by another way: objects made and rows written in another order, under another locale, by
 * somebody else, on another major, in sessions with other settings. The archive must not tell.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { pack } from "../../src/pack/pack.ts";
import { unpack } from "../../src/pack/unpack.ts";
import { MemoryStore } from "../support/archives.ts";
import { differences, NO_DIFFERENCES } from "../support/contents.ts";
import { serverFor, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Within a group the statements need nothing of each other, so any order will do. */
const GROUPS: readonly (readonly string[])[] = [
  [
    "CREATE EXTENSION citext",
    "CREATE TYPE mood AS ENUM ('sad', 'glad')",
    "CREATE TYPE pair AS (a int, b text)",
    "CREATE SEQUENCE counter",
    "CREATE SCHEMA other",
    "SELECT lo_create(4711)",
    "SELECT lo_create(815)",
    "CREATE FUNCTION twice(i int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2 * i'",
    "CREATE FUNCTION twice(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT t || t'",
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
  ],
  [
    "CREATE TABLE words (word text PRIMARY KEY, n int DEFAULT nextval('counter'))",
    "CREATE TABLE names (name citext PRIMARY KEY)",
    "CREATE TABLE docs (doc jsonb PRIMARY KEY, how mood)",
    "CREATE TABLE lists (list text[] PRIMARY KEY, note pair)",
    "CREATE TABLE moods (mood mood PRIMARY KEY)",
    "CREATE TABLE loose (t text, f float8, d interval, at timestamptz, b bytea, day date)",
    `CREATE TABLE "../Odd\n.Näme" (a int PRIMARY KEY, b text)`,
    "CREATE TABLE other.words (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word text CHECK (word <> ''))",
    "CREATE TABLE log (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
  ],
  [
    "CREATE TABLE log_a PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    "CREATE TABLE log_b PARTITION OF log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
    "CREATE TABLE log_c PARTITION OF log DEFAULT",
  ],
  [
    "CREATE INDEX words_n ON words (n DESC)",
    "CREATE INDEX words_twice ON words (twice(word)) WHERE n > 1",
    "CREATE INDEX log_at ON log (at)",
    "ALTER TABLE words ADD CONSTRAINT a_check CHECK (n > 0)",
    "ALTER TABLE words ADD CONSTRAINT b_check CHECK (n < 1000)",
    "ALTER TABLE words ADD CONSTRAINT to_name FOREIGN KEY (word) REFERENCES words",
    "CREATE TRIGGER one BEFORE UPDATE ON words FOR EACH ROW EXECUTE FUNCTION touch()",
    "CREATE TRIGGER two BEFORE UPDATE ON words FOR EACH ROW EXECUTE FUNCTION touch()",
    // Of two tables: PostgreSQL 16 began to write the columns of a view of one table in another way.
    "CREATE VIEW glad AS SELECT d.doc FROM docs d JOIN moods m ON m.mood = d.how WHERE d.how = 'glad'",
    "CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM lists",
    "CREATE STATISTICS words_stats ON word, n FROM words",
    "CREATE POLICY mine ON words USING (n > 5)",
    "CREATE POLICY yours ON words USING (n < 5)",
    "COMMENT ON TABLE words IS 'w'",
    "COMMENT ON COLUMN words.n IS 'n'",
    "COMMENT ON TABLE names IS 'n'",
    "COMMENT ON FUNCTION twice(int) IS 'i'",
    "CREATE PUBLICATION news FOR TABLE words, names",
    "SELECT lo_put(815, 0, 'first')",
    "SELECT lo_put(4711, 0, 'second')",
  ],
];

/** Words that languages sort otherwise than bytes do. */
const WORDS = [
  "a",
  "A",
  "ä",
  "Ä",
  "b",
  "B",
  "z",
  "Z",
  "ö",
  "o e",
  "o-e",
  "oe",
  "ı",
  "I",
  "é",
  "_x",
];

const ROWS: readonly string[] = [
  ...WORDS.map((word, i) => `INSERT INTO words VALUES ('${word}', ${i + 1})`),
  ...["Ärger", "über", "Über 2", "zebra", "Zoo", "éclair"].map(
    (word) => `INSERT INTO names VALUES ('${word}')`,
  ),
  ...WORDS.map((word) => `INSERT INTO docs VALUES ('{"k": "${word}"}', 'glad')`),
  ...WORDS.map((word) => `INSERT INTO lists VALUES ('{x,"${word}"}', '(1,"${word}")')`),
  ...["sad", "glad"].map((mood) => `INSERT INTO moods VALUES ('${mood}')`),
  ...WORDS.map(
    (word) =>
      `INSERT INTO loose VALUES ('${word}', 0.1 + 0.2, '1 mon -2 days 03:04:05.6', '2024-02-29 12:00:00.123456+00', '\\xdeadbeef00', '2024-02-03')`,
  ),
  // Twice the same: nothing tells them apart, and nothing needs to.
  `INSERT INTO "../Odd\n.Näme" VALUES (1, E'tab\\t, line\\n, \\\\ and \\\\N')`,
  "INSERT INTO loose (t) VALUES ('equal')",
  "INSERT INTO loose (t) VALUES ('equal')",
  ...[1, 2, 3, 4, 5].map((i) => `INSERT INTO log VALUES (${i}, '${2023 + i}-05-06')`),
  ...[1, 2, 3].map((i) => `INSERT INTO other.words OVERRIDING SYSTEM VALUE VALUES (${i}, 'w${i}')`),
];
const END = "SELECT setval('counter', 77); SELECT setval('other.words_id_seq', 3)";

async function make(database: TestDatabase, turn: (list: readonly string[]) => string[]) {
  await database.query([...GROUPS.flatMap(turn), ...turn(ROWS), END].join(";\n"));
}

test("does not depend on the order in which things were made, locale, login, settings or major", async () => {
  const archives: MemoryStore[] = [];
  const archive = async (url: string, options = {}): Promise<void> => {
    const store = new MemoryStore();
    await dump(url, store, { reproducible: true, partBytes: 200, ...options });
    archives.push(store);
  };
  await withDatabase(
    async (one) => {
      await make(one, (list) => [...list]);
      await archive(one.url);
      // Elsewhere in the heap: new versions, then the table written anew.
      await one.query(
        "UPDATE words SET n = n; UPDATE loose SET t = t WHERE t > 'b'; UPDATE docs SET how = how WHERE doc->>'k' < 'c'",
      );
      await one.query("VACUUM FULL words");
      await archive(one.url, { jobs: 4 });
    },
    { major: 13 },
  );
  const server = await serverFor(18);
  const [name, login] = [`${server.prefix}reversed`, `${server.prefix}somebody`];
  await server.admin(
    `CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'`,
  );
  try {
    for (const setting of [
      "datestyle = 'SQL, DMY'",
      "timezone = 'Asia/Tokyo'",
      "intervalstyle = 'iso_8601'",
      "extra_float_digits = -2",
      "bytea_output = 'escape'",
      "quote_all_identifiers = on",
    ])
      await server.admin(`ALTER DATABASE ${name} SET ${setting}`);
    await server.admin(`CREATE ROLE ${login} SUPERUSER LOGIN PASSWORD 'x'`);
    const url = server.urlOf(name).replace(/\/\/[^@]*@/, `//${login}:x@`);
    const database = { url, name, server } as TestDatabase;
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await make(
      {
        ...database,
        query: async (sql) => {
          await client.query(`SET datestyle = 'ISO'; SET timezone = 'UTC'; ${sql}`);
          return [];
        },
      },
      (list) => list.toReversed(),
    );
    await client.end();
    await archive(url);
  } finally {
    await server.admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await server.admin(`DROP ROLE IF EXISTS ${login}`);
  }
  for (const other of archives.slice(1)) {
    expect(await differences(archives[0]!, other)).toEqual(NO_DIFFERENCES);
  }
  const digests = archives.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex"));
  expect(new Set(digests).size).toBe(1);
  // And as a folder and back, with odd names, large objects and parts.
  const folder = temporaryFolder();
  try {
    const packed = join(folder.path, "packed");
    await pack(archives[0]!, packed);
    const back = new MemoryStore();
    await unpack(packed, back);
    expect(back.bytes.equals(archives[0]!.bytes)).toBe(true);
    const data = readdirSync(join(packed, "data"));
    expect(data).toEqual(expect.arrayContaining(["public.words.copy", "large-objects.copy"]));
    expect(readFileSync(join(packed, "data/public.words.copy"), "utf8").split("\n")).toHaveLength(
      WORDS.length + 1,
    );
  } finally {
    folder.remove();
  }
});
