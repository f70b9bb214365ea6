/** A database of an older major and its copy on a newer one: what is the same is equal, and what differs is shown. */
import { expect, test } from "vitest";
import { diff } from "../../src/diff/diff.ts";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { dropSubscriptions } from "../support/corpus.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

const SCHEMA = `
  CREATE TABLE t (id int PRIMARY KEY, at timestamptz, doc xml);
  CREATE VIEW parts AS SELECT EXTRACT('YEAR' FROM at) AS y, EXTRACT(month FROM at) AS m FROM t;
  CREATE VIEW columns AS
    SELECT id, n FROM t, XMLTABLE('//r' PASSING doc COLUMNS ref int PATH '@id', n FOR ORDINALITY) WHERE id > 1;
  CREATE VIEW listed AS VALUES (1, 'a'), (2, 'b') ORDER BY 1 LIMIT 1;
  CREATE TABLE parent (a int NOT NULL, b int NOT NULL);
  CREATE TABLE nullable (c int) INHERITS (parent);
  ALTER TABLE nullable ALTER a DROP NOT NULL;
  CREATE OPERATOR CLASS ints FOR TYPE int[] USING gin AS
    OPERATOR 1 && (anyarray, anyarray), OPERATOR 2 @> (anyarray, anyarray),
    FUNCTION 2 ginarrayextract(anyarray, internal, internal),
    FUNCTION 3 ginqueryarrayextract(anyarray, internal, smallint, internal, internal, internal, internal),
    FUNCTION 4 ginarrayconsistent(internal, smallint, anyarray, integer, internal, internal, internal, internal),
    STORAGE int;
  CREATE TYPE span AS RANGE (subtype = float8);
  CREATE PROCEDURE run(a int) LANGUAGE sql AS '';
  COMMENT ON PROCEDURE run(int) IS 'runs';
  CREATE SUBSCRIPTION s CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
  CREATE TABLE locked (a int);
  REVOKE INSERT ON locked FROM CURRENT_USER`;

/** Changes of the copy, and the object of each. The members of an operator family are one, whatever class they came from. */
const CHANGES: readonly (readonly [statement: string, object: string])[] = [
  [
    "DROP VIEW parts; CREATE VIEW parts AS SELECT EXTRACT('YEAR' FROM at) AS y, EXTRACT(day FROM at) AS m FROM t",
    "view parts",
  ],
  ["CREATE OR REPLACE VIEW listed AS VALUES (1, 'a'), (2, 'b') ORDER BY 2 LIMIT 1", "view listed"],
  ["ALTER TABLE nullable ALTER c SET NOT NULL", "table nullable"],
  [
    "ALTER OPERATOR FAMILY ints USING gin DROP OPERATOR 2 (anyarray, anyarray)",
    "operator-family ints gin",
  ],
  ["ALTER TYPE span_multirange RENAME TO spans", "type span"],
  ["ALTER SUBSCRIPTION s SET (run_as_owner = false)", "subscription s"],
  ["REVOKE MAINTAIN ON locked FROM CURRENT_USER", "privileges TABLE public.locked"],
  ["COMMENT ON PROCEDURE run(int) IS 'ran'", "comment PROCEDURE public.run(IN a integer)"],
];

async function differencesOf(archive: MemoryStore, copy: TestDatabase): Promise<string[]> {
  const { objects } = await diff(archive, { database: copy.url });
  const all = [...objects.added, ...objects.removed, ...objects.changed];
  return all.map(({ kind, name }) => `${kind} ${name}`);
}

test.each([13, 15])("compares a database of %i with its copy on 18", async (major) => {
  await withDatabase(
    async (source) => {
      await source.query(SCHEMA);
      const archive = new MemoryStore();
      await dump(source.url, archive, { owner: true, privileges: true });
      await dropSubscriptions(source);
      await withDatabase(
        async (copy) => {
          await restore(archive, copy.url, { owner: true, privileges: true, trusted: true });
          expect(await differencesOf(archive, copy)).toEqual([]);
          // Both ways.
          expect(await diff({ database: copy.url }, archive)).toMatchObject({ equal: true });
          for (const [statement] of CHANGES) await copy.query(statement);
          const changed = CHANGES.map(([, object]) => object);
          expect((await differencesOf(archive, copy)).sort()).toEqual(changed.sort());
          await dropSubscriptions(copy);
        },
        { major: 18 },
      );
    },
    { major },
  );
});
