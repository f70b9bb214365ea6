/** A key into a partitioned table has a part for each partition there, whose names PostgreSQL chooses: keys that have such a name come back. */
import { expect, test } from "vitest";
import { contentsOf } from "../support/contents.ts";
import { expectSameContents, withRestoredCopy } from "../support/restored-copy.ts";

const SOURCE = `
  CREATE TABLE o (a int PRIMARY KEY);
  CREATE TABLE q (a int PRIMARY KEY) PARTITION BY LIST (a);
  CREATE TABLE t (a int REFERENCES q REFERENCES o REFERENCES q);
  CREATE TABLE u (a int, CONSTRAINT fk FOREIGN KEY (a) REFERENCES q, CONSTRAINT fk_1 FOREIGN KEY (a) REFERENCES o, CONSTRAINT fk_2 FOREIGN KEY (a) REFERENCES q);
  CREATE TABLE z (a int, CONSTRAINT p_a_fkey FOREIGN KEY (a) REFERENCES o) PARTITION BY LIST (a);
  CREATE TABLE p PARTITION OF z FOR VALUES IN (1);
  ALTER TABLE p ADD CONSTRAINT own FOREIGN KEY (a) REFERENCES q;
  CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
  CREATE TABLE q2 PARTITION OF q FOR VALUES IN (2);
  INSERT INTO o VALUES (1);
  INSERT INTO q VALUES (1);
  INSERT INTO t VALUES (1);
  INSERT INTO u VALUES (1);
  INSERT INTO z VALUES (1)`;

/** Where a detached partition keeps the parts of its key as keys of its own, up to 14. */
const DETACHED = `
  CREATE TABLE s (a int UNIQUE) PARTITION BY LIST (a);
  CREATE TABLE s1 PARTITION OF s FOR VALUES IN (1);
  CREATE TABLE s2 PARTITION OF s FOR VALUES IN (2);
  ALTER TABLE s1 ADD CONSTRAINT own FOREIGN KEY (a) REFERENCES s (a);
  ALTER TABLE s DETACH PARTITION s1;
  ALTER TABLE s ATTACH PARTITION s1 FOR VALUES IN (1);
  ALTER TABLE s DETACH PARTITION s1;
  ALTER TABLE s ATTACH PARTITION s1 FOR VALUES IN (1)`;

test.each([
  [13, 13],
  [17, 18],
  [18, 18],
  [18, 17],
])("from %i into %i", (from, into) =>
  withRestoredCopy(
    { from, into },
    async (source) => {
      await source.query(SOURCE);
      await source.query(DETACHED);
    },
    async (copy) => {
      await expectSameContents(copy);
      for (const table of ["o", "q1"])
        await expect(copy.target.query(`DELETE FROM ${table}`)).rejects.toThrow("foreign key");
    },
  ),
);

/** CREATE CONSTRAINT TRIGGER fails where its name is taken; for the part of a key, PostgreSQL chooses one that is free. */
test.each([
  [13, "t_a_fkey"],
  [17, "t_a_fkey1"],
  [18, "fk_1"],
])("on %i, a constraint trigger that has such a name", (major, name) =>
  withRestoredCopy(
    { from: major, into: major },
    async (source) => {
      await source.query(`
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TABLE q (a int PRIMARY KEY) PARTITION BY LIST (a);
        CREATE TABLE t (a int, CONSTRAINT fk FOREIGN KEY (a) REFERENCES q);
        CREATE CONSTRAINT TRIGGER ${name} AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
        CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
        CREATE TABLE q2 PARTITION OF q FOR VALUES IN (2)`);
    },
    async ({ source, target }) => {
      expect(await contentsOf(target.url)).toBe(await contentsOf(source.url));
    },
  ),
);
