/** A dump warns of exactly what calls another function after a restore: the one that the restored catalog depends on. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

/** Functions that objects call, by what the catalog says. */
async function callsOf(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ text: string }>(`
    SELECT pg_describe_object(classid, objid, 0) || ': ' || refobjid::regprocedure AS text FROM pg_depend
    WHERE refclassid = 'pg_proc'::regclass AND refobjid >= 16384 ORDER BY 1`);
  return rows.map(({ text }) => text);
}

const f = (args: string, language = "sql"): string =>
  `CREATE FUNCTION f(${args}) RETURNS int IMMUTABLE LANGUAGE ${language} AS 'SELECT 1';`;
const T = "CREATE TABLE t (a int, b text);";

test.each([
  [
    "an index",
    `${f("int, int DEFAULT 1")} ${T} CREATE INDEX i ON t (f(a)); ${f("int")}`,
    ["index public.i"],
  ],
  [
    "a constant",
    `${f("int, int DEFAULT 1")} ${T} CREATE INDEX i ON t (b) WHERE f(7) > 0; ${f("int")}`,
    ["index public.i"],
  ],
  [
    "an argument of any type",
    `${f("anyelement")} ${T} CREATE INDEX i ON t (f(b)); ${f("text")}`,
    ["index public.i"],
  ],
  [
    "inside another call",
    `${f("int, int DEFAULT 1")} ${T} CREATE INDEX i ON t ((abs(f(a + 1)) + 1)); ${f("int")}`,
    ["index public.i"],
  ],
  [
    "a policy",
    `${f("anyelement")} ${T} CREATE POLICY p ON t USING (true) WITH CHECK (f(a) > 0); ${f("int")}`,
    ["policy public.t p"],
  ],
  [
    "a trigger",
    `${f("anyelement")} ${T} CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (f(NEW.a) > 0)
     EXECUTE FUNCTION suppress_redundant_updates_trigger(); ${f("int")}`,
    ["trigger public.t g"],
  ],
  [
    "a rule",
    `${f("anyelement")} ${T} CREATE RULE r AS ON INSERT TO t DO ALSO SELECT f(NEW.a); ${f("int")}`,
    ["rule public.t r"],
  ],
  [
    "a check",
    `${f("anyelement")} ${T} ALTER TABLE t ADD CONSTRAINT c CHECK (f(a) > 0); ${f("int")}`,
    ["check constraint public.t c"],
  ],
  [
    "statistics",
    `${f("anyelement")} ${T} CREATE STATISTICS st ON (f(a)), b FROM t; ${f("int")}`,
    ["statistics public.st"],
  ],
  // What follows calls the same function, or is created before the other one. Conversions are written as casts.
  [
    "a conversion",
    `${f("bigint")} ${T} CREATE INDEX i ON t (f(a)) WHERE f(7) > 0; ${f("int")}`,
    [],
  ],
  ["an exact call", `${f("int")} ${T} CREATE INDEX i ON t (f(a)); ${f("bigint")}`, []],
  [
    "a type that is no better",
    `${f("int, int DEFAULT 1")} ${T} CREATE INDEX i ON t (f(a)); ${f("bigint")}`,
    [],
  ],
  ["another type", `${f("int, int DEFAULT 1")} ${T} CREATE INDEX i ON t (f(a)); ${f("box")}`, []],
  [
    "another number",
    `${f("int, int DEFAULT 1")} ${T} CREATE INDEX i ON t (f(a)); ${f("int, int, int")}`,
    [],
  ],
  [
    "an older function",
    `${f("anyelement")} ${f("text")} ${T} CREATE INDEX i ON t (f(b), f(a))`,
    [],
  ],
  ["a view", `${f("anyelement")} ${T} CREATE VIEW v AS SELECT f(a) FROM t; ${f("int")}`, []],
  ["a default", `${f("anyelement")} CREATE TABLE t (a int DEFAULT f(7)); ${f("int")}`, []],
])("%s", async (_, sql, objects) => {
  await withDatabase(async (source) => {
    // Statistics on expressions came with 14.
    if (source.server.major < 14 && sql.includes("STATISTICS")) return;
    await source.query(sql);
    const archive = new MemoryStore();
    const { warnings } = await dump(source.url, archive);
    const unsure = warnings.filter(({ code }) => code === "unsure-call");
    expect(unsure.map(({ object }) => object)).toEqual(objects);
    for (const { message } of unsure)
      expect(message).toMatch(/function public\.f\(.*function public\.f\(/);
    await withDatabase(async (target) => {
      const after = await restore(archive, target.url).then(
        () => callsOf(target),
        (error: Error) => error.message,
      );
      if (objects.length === 0) expect(after).toEqual(await callsOf(source));
      else if (typeof after === "string") expect(after).toContain("is not unique");
      else expect(after).not.toEqual(await callsOf(source));
    });
  });
});
