/** Names and texts of any characters that PostgreSQL allows survive a dump and restore, for every kind of object. */
import fc from "fast-check";
import { escapeIdentifier as id, escapeLiteral as text } from "pg";
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf, EVERYTHING } from "../support/contents.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

/** Text with a special meaning in SQL, psql, COPY, printf, regular expressions or a shell. */
const SPECIAL = [
  ..."'\"\\$%`;:.,|*?()[]{}<>=/#&!~^@+- \t\n\r",
  ..."'' \"\" \\. \\\\ $$ $_$ $1 -- /* */ %1$I %s :: :'x' :x \\! \\N \\n \\u0041 U& E' <?xml".split(
    " ",
  ),
  ..."select user SELECT null public pg_catalog information_schema default".split(" "),
  ..."é 日本 😀 İ ß \u0301 ﬁ \uFEFF \u200B".split(" "),
  "\\connect x",
];

/** Truncates a name to a number of bytes, between characters. */
function truncate(name: string, bytes: number): string {
  let result = "";
  for (const char of name) {
    if (Buffer.byteLength(result + char) > bytes) break;
    result += char;
  }
  return result;
}

const fragment = fc.oneof(
  fc.constantFrom(...SPECIAL),
  fc.constantFrom("a", "Z", "0", "_", "x".repeat(30), "ш".repeat(20)),
);
const hostile = fc.array(fragment, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));

/** Hostile beginnings of names. `objects` appends a number, so that names are unique, and truncates them to 63 bytes. */
const names = fc.array(hostile, { minLength: 12, maxLength: 12 });

/** The server reserves the prefix pg_ of schemas and roles. */
const notReserved = (name: string): string => name.replace(/^pg_/, "pg-");

/** Statements for one object of each kind, with names and texts from the list wherever there can be any. */
function objects(texts: readonly string[], role: string): string {
  let count = 0;
  const raw = (): string => {
    count++;
    const tail = `.${count}`;
    return truncate(texts[count % texts.length]!, 63 - tail.length) + tail;
  };
  const name = (): string => id(raw());
  const schema = id(notReserved(raw()));
  // The server stores options as name=value.
  const option = (): string => id(raw().replaceAll("=", "-"));
  const some = (n: number): string => text(texts[n % texts.length]!);
  const [t, a, b, c, type, domain, f, coll, fdw, server, dict, lang, am] = Array.from(
    { length: 13 },
    name,
  );
  const [far, view, operators, event, root, key] = Array.from({ length: 6 }, name);
  return `
    CREATE SCHEMA ${schema}; SET search_path = ${schema}, pg_catalog;
    CREATE TYPE ${type} AS ENUM (${text(raw())}, ${text(raw())});
    CREATE TYPE ${name()} AS (${a} int, ${b} text);
    CREATE COLLATION ${coll} (LOCALE = 'C');
    CREATE FUNCTION ${f}(${a} text, VARIADIC ${b} text[] DEFAULT ARRAY[${some(1)}]) RETURNS boolean LANGUAGE sql IMMUTABLE
      SET "my.x" = ${some(2)} AS ${text(`SELECT true /* ${texts[3]!.replaceAll("/*", "").replaceAll("*/", "")} */`)};
    CREATE DOMAIN ${domain} AS text COLLATE ${coll} DEFAULT ${some(4)} CONSTRAINT ${name()} CHECK (VALUE <> ${some(5)});
    CREATE TYPE ${name()} AS RANGE (subtype = text, collation = ${coll});
    CREATE TABLE ${t} (${a} int CONSTRAINT ${key} PRIMARY KEY, ${b} text DEFAULT ${some(6)}, ${c} ${domain},
      ${name()} int GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME ${name()}), ${name()} ${type},
      CONSTRAINT ${name()} CHECK (${b} <> ${some(7)}), CONSTRAINT ${name()} UNIQUE (${b}),
      CONSTRAINT ${name()} FOREIGN KEY (${a}) REFERENCES ${t});
    INSERT INTO ${t} (${a}, ${b}, ${c}) VALUES (1, ${some(8)} || 'x', ${some(9)} || 'y');
    CREATE INDEX ${name()} ON ${t} (${f}(${b})) WHERE ${b} <> ${some(10)};
    CREATE STATISTICS ${name()} ON ${a}, ${b} FROM ${t};
    CREATE VIEW ${view} AS SELECT ${a} AS ${name()}, ${b} || ${some(11)} AS ${name()} FROM ${t};
    CREATE MATERIALIZED VIEW ${name()} AS SELECT ${b} FROM ${t};
    CREATE RULE ${name()} AS ON DELETE TO ${view} DO INSTEAD NOTIFY ${name()}, ${some(0)};
    CREATE FUNCTION ${name()}() RETURNS trigger LANGUAGE plpgsql AS ${text(`BEGIN RETURN new; END -- ${texts[1]!.replaceAll(/[\n\r]/g, "")}`)};
    CREATE TRIGGER ${name()} BEFORE UPDATE OF ${b} ON ${t} FOR EACH ROW WHEN (old.${b} <> ${some(2)})
      EXECUTE FUNCTION suppress_redundant_updates_trigger(${some(3)});
    CREATE POLICY ${name()} ON ${t} TO ${role} USING (${b} <> ${some(4)});
    CREATE TABLE ${root} (${a} text) PARTITION BY LIST (${a});
    CREATE TABLE ${name()} PARTITION OF ${root} FOR VALUES IN (${some(5)}); INSERT INTO ${root} VALUES (${some(5)});
    CREATE SEQUENCE ${name()}; CREATE PROCEDURE ${name()}(${a} text DEFAULT ${some(6)}) LANGUAGE sql AS '';
    CREATE FUNCTION ${name()}(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1';
    CREATE AGGREGATE ${name()}(${b} int) (SFUNC = int4pl, STYPE = int, INITCOND = '0');
    CREATE OPERATOR @#@ (FUNCTION = texteq, LEFTARG = text, RIGHTARG = text);
    CREATE OPERATOR FAMILY ${operators} USING btree;
    CREATE OPERATOR CLASS ${name()} FOR TYPE int USING btree FAMILY ${operators} AS OPERATOR 1 <, FUNCTION 1 btint4cmp(int, int);
    CREATE CONVERSION ${name()} FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
    CREATE TEXT SEARCH DICTIONARY ${dict} (TEMPLATE = simple, StopWords = english);
    CREATE TEXT SEARCH CONFIGURATION ${name()} (PARSER = "default");
    CREATE LANGUAGE ${lang} HANDLER plpgsql_call_handler; CREATE FUNCTION ${name()}() RETURNS int LANGUAGE ${lang} AS ${some(7)};
    CREATE ACCESS METHOD ${am} TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE ${name()} (a int) USING ${am};
    CREATE FOREIGN DATA WRAPPER ${fdw} OPTIONS (${option()} ${some(8)});
    CREATE SERVER ${server} TYPE ${some(9)} VERSION ${some(10)} FOREIGN DATA WRAPPER ${fdw} OPTIONS (${option()} ${some(11)});
    CREATE USER MAPPING FOR ${role} SERVER ${server} OPTIONS (${option()} ${some(0)});
    CREATE FOREIGN TABLE ${far} (${a} int OPTIONS (${option()} ${some(1)})) SERVER ${server} OPTIONS (${option()} ${some(2)});
    CREATE EVENT TRIGGER ${event} ON sql_drop EXECUTE FUNCTION public.${id("no\\op")}();
    ALTER EVENT TRIGGER ${event} DISABLE;
    CREATE PUBLICATION ${name()} FOR TABLE ${t};
    CREATE EXTENSION citext SCHEMA ${schema};
    GRANT SELECT (${b}), UPDATE ON ${t} TO ${role} WITH GRANT OPTION;
    ALTER FUNCTION ${f}(text, text[]) OWNER TO ${role};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${role} IN SCHEMA ${schema} GRANT SELECT ON TABLES TO PUBLIC;
    COMMENT ON SCHEMA ${schema} IS ${some(3)}; COMMENT ON TABLE ${t} IS ${some(4)}; COMMENT ON COLUMN ${t}.${b} IS ${some(5)};
    COMMENT ON FUNCTION ${f}(text, text[]) IS ${some(6)}; COMMENT ON CONSTRAINT ${key} ON ${t} IS ${some(7)};
    COMMENT ON TYPE ${type} IS ${some(8)}; COMMENT ON SERVER ${server} IS ${some(9)}; COMMENT ON LANGUAGE ${lang} IS ${some(10)};
    COMMENT ON OPERATOR FAMILY ${operators} USING btree IS ${some(11)}; COMMENT ON EVENT TRIGGER ${event} IS ${some(0)};
    COMMENT ON TEXT SEARCH DICTIONARY ${dict} IS ${some(1)}; COMMENT ON ACCESS METHOD ${am} IS ${some(2)};
    COMMENT ON FOREIGN DATA WRAPPER ${fdw} IS ${some(3)}; COMMENT ON FOREIGN TABLE ${far} IS ${some(4)}`;
}

async function inBoth(
  major: number,
  body: (source: TestDatabase, target: TestDatabase) => Promise<void>,
) {
  await withDatabase((source) => withDatabase((target) => body(source, target), { major }), {
    major,
  });
}

test.each([13, 18])(
  "names and texts of all kinds of objects are restored on %i",
  async (major) => {
    await fc.assert(
      fc.asyncProperty(names, async (texts) => {
        await inBoth(major, async (source, target) => {
          const role = notReserved(`${truncate(texts[0]!, 40)} ${source.name}`.slice(-60));
          await source.server.admin(`CREATE ROLE ${id(role)}`);
          try {
            await source.query(`
              CREATE FUNCTION public.${id("no\\op")}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'`);
            await source.query(objects(texts, id(role)));
            const store = new MemoryStore();
            await dump(source.url, store, EVERYTHING);
            await restore(store, target.url, { owner: true, privileges: true });
            expect(await contentsOf(target.url)).toBe(await contentsOf(source.url));
          } finally {
            for (const database of [source, target])
              await database.query(`DROP OWNED BY ${id(role)} CASCADE`);
            await source.server.admin(`DROP ROLE ${id(role)}`);
          }
        });
      }),
      { numRuns: 2, endOnFailure: true },
    );
  },
  120_000,
);
