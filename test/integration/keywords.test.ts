/**
 * Words that became keywords after the dumped server's version, as the names of everything: a newer server must read
 * them as names, and dump the same again.
 */
import { expect, test } from "vitest";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf } from "../support/contents.ts";
import { MAJORS, serverFor, withDatabase } from "../support/postgres.ts";

/** Public belongs to somebody else since 15. */
const WAY = { owner: false, privileges: false } as const;

/** In a rule these two are the old and the new row. */
const ROWS = new Set(["old", "new"]);

/** The words that are keywords on the newest major and not on this one. */
async function newerWords(major: number): Promise<string[]> {
  const read = async (of: number): Promise<string[]> => {
    const { rows } = await (await serverFor(of)).admin("SELECT word FROM pg_get_keywords()");
    return rows.map(({ word }) => String(word));
  };
  const known = new Set(await read(major));
  return (await read(MAJORS.at(-1)!)).filter((word) => !known.has(word) && !ROWS.has(word));
}

function objects(word: string): string {
  const name = `"${word}"`;
  const named = (prefix: string): string => `"${prefix} ${word}"`;
  return `
    CREATE TABLE ${name} (${name} int, b text, CHECK (${name} > 0));
    CREATE FUNCTION ${name}(${name} int, b text DEFAULT '') RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE VIEW ${named("v")} AS SELECT t.${name} FROM ${name} AS t, ${name} AS ${name}
      WHERE public.${name}(t.${name}) = 1;
    CREATE VIEW ${named("u")} AS SELECT ${name} FROM ${name} WHERE ${name} > 0 ORDER BY ${name};
    CREATE SCHEMA ${name};
    CREATE TYPE ${name}.${name} AS (${name} int);
    CREATE TABLE ${named("c")} (a ${name}.${name}, b public.${name});
    CREATE INDEX ON ${name} (abs(${name})) WHERE ${name} > 1;
    CREATE FUNCTION ${named("g")}(${name} ${name}.${name}, OUT ${named("o")} int) LANGUAGE sql AS 'SELECT 1';
    CREATE FUNCTION ${named("h")}() RETURNS TABLE (${name} int) LANGUAGE sql AS 'SELECT 1';
    ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY ${name} ON ${name} USING (${name} > 3);
    CREATE RULE ${name} AS ON DELETE TO ${name} DO ALSO UPDATE ${name} SET ${name} = 1 WHERE ${name} = old.${name};
    CREATE TRIGGER ${name} BEFORE UPDATE ON ${name} FOR EACH ROW WHEN (new.${name} > 0)
      EXECUTE FUNCTION suppress_redundant_updates_trigger();
    CREATE STATISTICS ${named("s")} ON ${name}, b FROM ${name};
    CREATE TABLE ${named("p")} (${name} int) PARTITION BY LIST (${name});
    CREATE TABLE ${named("q")} (${name} int PRIMARY KEY);
    CREATE TABLE ${named("k")} (${name} int REFERENCES ${named("q")}, g int GENERATED ALWAYS AS (${name} + 1) STORED);
    CREATE TABLE ${named("b")} (${name} boolean);
    CREATE POLICY ${name} ON ${named("b")} USING (${name});
    CREATE DOMAIN ${named("d")} AS int CONSTRAINT ${name} CHECK (value > 0);
    CREATE AGGREGATE ${named("a")} (${name} int) (sfunc = int4pl, stype = int);`;
}

/** Makes the objects on a server of one major; a restore into the other has the same contents. */
async function comesBack(sql: string, from: number, into: number): Promise<void> {
  await withDatabase(
    async (source) => {
      await source.query(sql);
      const archive = new MemoryStore();
      const before = await contentsOf(source.url, WAY, archive);
      await withDatabase(
        async (target) => {
          await restore(archive, target.url);
          expect(await contentsOf(target.url, WAY)).toBe(before);
        },
        { major: into },
      );
    },
    { major: from },
  );
}

test.each([13, 15])("from PostgreSQL %i into the newest", async (major) => {
  const words = await newerWords(major);
  expect(words).toContain("system_user");
  await comesBack(
    `CREATE TABLE "types" (a json, b json[] DEFAULT '{}'::json[]);
    CREATE FUNCTION "types"(json, json[]) RETURNS json LANGUAGE sql AS 'SELECT $1';
    CREATE TYPE pair AS (a json, "json" json[]);
    CREATE FUNCTION same(json, json) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT true';
    CREATE FUNCTION compare(json, json) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0';
    CREATE FUNCTION size(json) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE OPERATOR === (LEFTARG = json, RIGHTARG = json, FUNCTION = same);
    CREATE OPERATOR CLASS by_size FOR TYPE json USING btree AS OPERATOR 1 ===, FUNCTION 1 compare(json, json);
    CREATE FUNCTION keep(json, json) RETURNS json LANGUAGE sql AS 'SELECT $1';
    CREATE AGGREGATE first(json) (SFUNC = keep, STYPE = json);
    CREATE CAST (json AS int) WITH FUNCTION size(json);
    ${words.map(objects).join("\n")}`,
    major,
    MAJORS.at(-1)!,
  );
});

/** The lexer of 16 and later takes the two words together. */
test.each([13, 16, 18])("names that would join with their type, on PostgreSQL %i", (major) =>
  comesBack(
    `CREATE TABLE t ("without" time(0) DEFAULT '12:00', "format" json, CHECK ("without" > '01:00'));
    CREATE TABLE "without" ("format" json[], "without" time with time zone NOT NULL);
    CREATE TYPE pair AS ("without" time, "format" json);
    CREATE FUNCTION f("without" time, INOUT "format" json) LANGUAGE sql AS 'SELECT $2';
    CREATE FUNCTION g("format" json) RETURNS TABLE ("without" time, b int) LANGUAGE sql AS 'SELECT now()::time, 1';
    CREATE VIEW v AS SELECT r.* FROM json_to_record('{}') AS r ("without" time, "format" json);
    CREATE FUNCTION step(int, time) RETURNS int LANGUAGE sql AS 'SELECT $1';
    CREATE AGGREGATE late(ORDER BY "without" time) (SFUNC = step, STYPE = int);
    COMMENT ON AGGREGATE late(ORDER BY "without" time) IS 'ordered';
    CREATE VIEW w AS SELECT x.* FROM XMLTABLE('/r' PASSING '<r/>' COLUMNS "without" time PATH '.') x;
    INSERT INTO t VALUES ('10:00', '{}');`,
    major,
    major,
  ),
);
