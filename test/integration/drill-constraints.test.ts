/** The drill's probe of foreign keys and checks finds exactly the rows that PostgreSQL would refuse. */
import { expect, test } from "vitest";
import { constraintsProbe } from "../../src/drill/probe-constraints.ts";
import type { ProbeContext } from "../../src/drill/probe.ts";
import { withDatabase } from "../support/postgres.ts";

/** The probe's verdict on a database that `sql` fills without triggers, so that no key is enforced. */
async function verdictOn(major: number, sql: string) {
  return withDatabase(
    async (database) => {
      const client = await database.client();
      await client.query(`SET session_replication_role = replica; ${sql}; SET search_path = ''`);
      const query = async <Row>(text: string): Promise<Row[]> =>
        (await client.query(text)).rows as Row[];
      const context = { connection: { query }, major } as unknown as ProbeContext;
      return constraintsProbe(() => []).run(context);
    },
    { major },
  );
}

const PARENT = "CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1)";

test("keys of partitioned tables count once, and rows of all partitions are looked at", async () => {
  const verdict = await verdictOn(
    13,
    `${PARENT};
     CREATE TABLE child (id int REFERENCES parent) PARTITION BY LIST (id);
     CREATE TABLE one PARTITION OF child FOR VALUES IN (1);
     CREATE TABLE two PARTITION OF child FOR VALUES IN (2);
     INSERT INTO child VALUES (1), (2)`,
  );
  expect(verdict.message).toBe("1 of 1 constraint does not hold");
  expect(verdict.details).toEqual([
    "public.child: 1 row whose id refers to a row of public.parent that does not exist (foreign key child_id_fkey)",
  ]);
});

test("a key does not reach tables that inherit, on either side", async () => {
  const verdict = await verdictOn(
    16,
    `${PARENT};
     CREATE TABLE heir () INHERITS (parent); INSERT INTO heir VALUES (3);
     CREATE TABLE child (id int REFERENCES parent); CREATE TABLE grandchild () INHERITS (child);
     INSERT INTO child VALUES (1), (3); INSERT INTO grandchild VALUES (7)`,
  );
  expect(verdict.details).toEqual([expect.stringMatching(/^public\.child: 1 row whose id/)]);
});

test("a key with PERIOD holds when all matching rows together cover the range", async () => {
  const verdict = await verdictOn(
    18,
    `CREATE EXTENSION btree_gist;
     CREATE TABLE room (id int, at daterange, PRIMARY KEY (id, at WITHOUT OVERLAPS));
     CREATE TABLE stay (id int, at daterange, FOREIGN KEY (id, PERIOD at) REFERENCES room (id, PERIOD at));
     INSERT INTO room VALUES (1, '[2026-01-01,2026-02-01)'), (1, '[2026-02-01,2026-03-01)'), (2, '[2026-01-01,2026-02-01)');
     INSERT INTO stay VALUES (1, '[2026-01-15,2026-02-15)'), (1, '[2026-02-15,2026-03-15)'), (2, '[2026-02-01,2026-02-02)'), (NULL, '[2026-01-01,2027-01-01)')`,
  );
  expect(verdict.details).toEqual([expect.stringMatching(/^public\.stay: 2 rows whose id, at/)]);
});

test("a composite value of nulls alone refers, and is no null", async () => {
  const verdict = await verdictOn(
    16,
    `CREATE TYPE pair AS (x int, y int);
     CREATE TABLE parent (a pair, b int, PRIMARY KEY (a, b));
     CREATE TABLE child (a pair, b int, FOREIGN KEY (a, b) REFERENCES parent MATCH FULL);
     CREATE TABLE simple (a pair, b int, FOREIGN KEY (a, b) REFERENCES parent);
     INSERT INTO parent VALUES (ROW(NULL, NULL), 1);
     INSERT INTO child VALUES (ROW(NULL, NULL), 1), (NULL, NULL);
     INSERT INTO simple VALUES (ROW(NULL, NULL), 1), (ROW(NULL, NULL), 2), (NULL, 3)`,
  );
  expect(verdict.details).toEqual([expect.stringMatching(/^public\.simple: 1 row whose a, b/)]);
});
