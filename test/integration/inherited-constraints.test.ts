/** Constraints of children that do not go with those of their parents. */
import { expect, test } from "vitest";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf } from "../support/contents.ts";
import { type TestDatabase, withDatabase } from "../support/postgres.ts";

/** Copies a database of this schema, compares the copies' dumps, and gives the copy. */
async function copied(
  major: number,
  sql: string,
  check: (copy: TestDatabase) => Promise<void>,
): Promise<void> {
  await withDatabase(
    async (source) => {
      await source.query(sql);
      const archive = new MemoryStore();
      const before = await contentsOf(source.url, {}, archive);
      await withDatabase(
        async (copy) => {
          await restore(archive, copy.url, { owner: true, privileges: true });
          expect(await contentsOf(copy.url)).toBe(before);
          await check(copy);
        },
        { major },
      );
    },
    { major },
  );
}

const SINCE_OWN = `
  CREATE TABLE p (c int, a int CONSTRAINT positive CHECK (a > 0), b int NOT NULL, CONSTRAINT less CHECK (a < b));
  CREATE TABLE child (d int) INHERITS (p);
  CREATE TABLE grandchild () INHERITS (child);
  ALTER TABLE ONLY p DROP COLUMN a;
  ALTER TABLE ONLY p DROP COLUMN b;
  ALTER TABLE p ADD CONSTRAINT less CHECK (c < 9) NO INHERIT;
  INSERT INTO grandchild VALUES (1, 2, 3, 4);`;

test.each([13, 17, 18])("stay with a column that the parent alone dropped, on %i", (major) =>
  copied(major, SINCE_OWN, async (copy) => {
    for (const [row, code] of [
      ["1, -1, 3, 4", "23514"],
      ["1, 9, 3, 4", "23514"],
      ["1, 2, NULL, 4", "23502"],
    ])
      await expect(copy.query(`INSERT INTO grandchild VALUES (${row})`)).rejects.toMatchObject({
        code,
      });
  }),
);

/** SET NOT NULL validates none of them, and a valid one of a parent takes only valid ones below. */
const NOT_VALID_BELOW = `
  CREATE TABLE p (a int, b int) PARTITION BY LIST (b);
  CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
  CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (a);
  CREATE TABLE p2a PARTITION OF p2 DEFAULT;
  ALTER TABLE p1 ADD CONSTRAINT own NOT NULL a NOT VALID;
  ALTER TABLE p2a ADD CONSTRAINT deep NOT NULL a NOT VALID;
  ALTER TABLE p ALTER COLUMN a SET NOT NULL;
  CREATE TABLE i (a int);
  CREATE TABLE below () INHERITS (i);
  ALTER TABLE below ADD CONSTRAINT mine NOT NULL a NOT VALID;
  ALTER TABLE i ALTER COLUMN a SET NOT NULL;
  INSERT INTO p VALUES (1, 1), (2, 2);`;

test("NOT NULL that is not valid below a parent's that is comes back valid", () =>
  copied(18, NOT_VALID_BELOW, async (copy) => {
    const rows = await copy.query(
      "SELECT conname, convalidated FROM pg_constraint WHERE conname IN ('deep', 'mine', 'own') ORDER BY 1",
    );
    expect(rows).toEqual(
      ["deep", "mine", "own"].map((conname) => ({ conname, convalidated: true })),
    );
  }));

/** The parent's NOT NULL comes after its rows, and so after the children: its name is taken there by then. */
const NAME_TAKEN_BELOW = `
  CREATE TABLE p (a int);
  INSERT INTO p VALUES (NULL);
  ALTER TABLE p ADD CONSTRAINT named NOT NULL a NOT VALID;
  CREATE TABLE child (b int CONSTRAINT named CHECK (b > 0)) INHERITS (p);
  CREATE TABLE grandchild () INHERITS (child);
  CREATE TABLE free (b int) INHERITS (p);
  CREATE TABLE below_free (CONSTRAINT named CHECK (b > 0)) INHERITS (free);
  COMMENT ON CONSTRAINT child_a_not_null ON grandchild IS 'inherited';
  INSERT INTO below_free VALUES (1, 1);`;

test("NOT NULL of children stays where they have another constraint with the name of their parent's", () =>
  copied(18, NAME_TAKEN_BELOW, async (copy) => {
    for (const table of ["child", "grandchild", "free", "below_free"])
      await expect(copy.query(`INSERT INTO ${table} VALUES (NULL, 1)`)).rejects.toMatchObject({
        code: "23502",
      });
  }));

/** A restore makes p1's NOT NULL before the children, and n1's after them. */
const NAMED_BY_ANOTHER_PARENT = `
  CREATE TABLE p1 (a int);
  CREATE TABLE p2 (a int NOT NULL);
  CREATE TABLE c () INHERITS (p1, p2);
  CREATE TABLE below_c () INHERITS (c);
  ALTER TABLE p1 ADD NOT NULL a;
  CREATE TABLE n1 (a int);
  ALTER TABLE n1 ADD NOT NULL a NOT VALID;
  CREATE TABLE n2 (a int NOT NULL);
  CREATE TABLE m () INHERITS (n1, n2);
  CREATE TABLE below_m () INHERITS (m);
  COMMENT ON CONSTRAINT p2_a_not_null ON c IS 'a comment';
  COMMENT ON CONSTRAINT p2_a_not_null ON below_c IS 'a comment';
  COMMENT ON CONSTRAINT n1_a_not_null ON m IS 'a comment';
  COMMENT ON CONSTRAINT n1_a_not_null ON below_m IS 'a comment';
  INSERT INTO below_c VALUES (1);
  INSERT INTO below_m VALUES (1);`;

test("NOT NULL of several parents keep their comments under the name of the first that is there", () =>
  copied(18, NAMED_BY_ANOTHER_PARENT, async (copy) => {
    const rows = await copy.query(
      `SELECT conrelid::regclass::text AS table, conname, convalidated FROM pg_constraint
       WHERE obj_description(oid, 'pg_constraint') = 'a comment' ORDER BY 1`,
    );
    const named = (table: string, conname: string) => ({ table, conname, convalidated: true });
    expect(rows).toEqual([
      named("below_c", "p1_a_not_null"),
      named("below_m", "n2_a_not_null"),
      named("c", "p1_a_not_null"),
      named("m", "n2_a_not_null"),
    ]);
  }));

/** The key of `p2` comes after `c`, whose NOT NULL keeps the name of a parent that it no longer has. */
const NAMED_BY_FORMER_PARENT = `
  CREATE TABLE p2 (a int, b int);
  CREATE TABLE p1 (a int NOT NULL) INHERITS (p2);
  CREATE TABLE c () INHERITS (p1, p2);
  ALTER TABLE p2 ADD PRIMARY KEY (a);
  ALTER TABLE c NO INHERIT p1;
  COMMENT ON CONSTRAINT p1_a_not_null ON c IS 'a comment';`;

test("NOT NULL gets the name of the parent that is left, and no other gives it up", () =>
  copied(18, NAMED_BY_FORMER_PARENT, async (copy) => {
    const rows = await copy.query(
      `SELECT conrelid::regclass::text AS table, conname FROM pg_constraint
       WHERE contype = 'n' AND conrelid::regclass::text IN ('c', 'p1') ORDER BY 1`,
    );
    expect(rows).toEqual([
      { table: "c", conname: "p2_a_not_null" },
      { table: "p1", conname: "p1_a_not_null" },
    ]);
  }));

/** Attaching a partition makes its NOT NULL its parent's, and validating one does not make it its own. */
const VALID_BELOW = `
  CREATE TABLE p (a int, b int) PARTITION BY LIST (b);
  ALTER TABLE p ADD CONSTRAINT above NOT NULL a NOT VALID;
  CREATE TABLE p1 (b int, a int CONSTRAINT renamed NOT NULL, PRIMARY KEY (a));
  CREATE TABLE p2 (b int, a int CONSTRAINT above NOT NULL) PARTITION BY LIST (b);
  CREATE TABLE p2a (b int, a int NOT NULL);
  ALTER TABLE p2 ATTACH PARTITION p2a FOR VALUES IN (2);
  ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);
  ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2);
  CREATE TABLE kept (b int, a int NOT NULL);
  ALTER TABLE p ATTACH PARTITION kept FOR VALUES IN (3);
  ALTER TABLE kept ALTER COLUMN a SET NOT NULL;
  INSERT INTO p VALUES (1, 1), (2, 2);`;

const INHERITED = `SELECT conrelid::regclass::text AS name, convalidated, conislocal, coninhcount
  FROM pg_constraint WHERE contype = 'n' AND connamespace = 'public'::regnamespace AND conrelid <> 'p'::regclass ORDER BY 1`;

test("NOT NULL of partitions stays their parent's, though that is not valid", () =>
  copied(18, VALID_BELOW, async (copy) => {
    const valid = (name: string, conislocal = false) => ({
      name,
      convalidated: true,
      conislocal,
      coninhcount: 1,
    });
    expect(await copy.query(INHERITED)).toEqual([
      valid("kept", true),
      valid("p1"),
      valid("p2"),
      valid("p2a"),
    ]);
  }));

/** Some of its partitions' are not valid either, and it comes after the rows. */
const PARTLY_VALID_BELOW = `
  CREATE TABLE p (a int, b int) PARTITION BY LIST (b);
  CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
  CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (b);
  CREATE TABLE p2a PARTITION OF p2 DEFAULT;
  INSERT INTO p VALUES (1, 1), (NULL, 2);
  ALTER TABLE p ADD CONSTRAINT above NOT NULL a NOT VALID;
  ALTER TABLE p1 VALIDATE CONSTRAINT above;`;

test("NOT NULL of some partitions is valid", () =>
  copied(18, PARTLY_VALID_BELOW, async (copy) => {
    expect(await copy.query(INHERITED)).toEqual([
      { name: "p1", convalidated: true, conislocal: true, coninhcount: 1 },
      { name: "p2", convalidated: false, conislocal: false, coninhcount: 1 },
      { name: "p2a", convalidated: false, conislocal: false, coninhcount: 1 },
    ]);
  }));

/** No CREATE TABLE takes it, and ALTER CONSTRAINT does. */
const PARTITIONED_ALONE = `
  CREATE TABLE p (a int NOT NULL, b int CONSTRAINT named NOT NULL) PARTITION BY LIST (b);
  CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
  ALTER TABLE p ALTER CONSTRAINT p_a_not_null NO INHERIT;
  ALTER TABLE p ALTER CONSTRAINT named NO INHERIT;
  CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
  INSERT INTO p1 VALUES (1, 1);
  INSERT INTO p2 VALUES (NULL, 2);`;

test("NOT NULL of a partitioned table that its partitions do not inherit stays with it", () =>
  copied(18, PARTITIONED_ALONE, async (copy) => {
    const rows = await copy.query(
      "SELECT conname, connoinherit FROM pg_constraint WHERE contype = 'n' AND conrelid = 'p'::regclass ORDER BY 1",
    );
    expect(rows).toEqual([
      { conname: "named", connoinherit: true },
      { conname: "p_a_not_null", connoinherit: true },
    ]);
  }));

/** ADD PRIMARY KEY refuses it of any table. */
const PARTITIONED_KEY = `
  CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)) PARTITION BY LIST (b);
  CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
  CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (b);
  CREATE TABLE p2a PARTITION OF p2 DEFAULT;
  ALTER TABLE p ALTER CONSTRAINT p_a_not_null NO INHERIT;
  ALTER TABLE p1 ALTER CONSTRAINT p_a_not_null NO INHERIT;
  INSERT INTO p VALUES (1, 1), (1, 2);`;

test("NOT NULL of a partitioned table's key that its partitions do not inherit stays with it", () =>
  copied(18, PARTITIONED_KEY, async (copy) => {
    const rows = await copy.query(
      `SELECT conrelid::regclass AS name, connoinherit, conislocal, coninhcount FROM pg_constraint
       WHERE contype = 'n' AND conkey = '{1}' AND conrelid::regclass::text IN ('p', 'p1', 'p2', 'p2a') ORDER BY 1`,
    );
    const own = { conislocal: true, coninhcount: 0 };
    expect(rows).toEqual([
      { name: "p", connoinherit: true, ...own },
      { name: "p1", connoinherit: true, ...own },
      { name: "p2", connoinherit: false, ...own },
      { name: "p2a", connoinherit: false, conislocal: false, coninhcount: 1 },
    ]);
  }));
