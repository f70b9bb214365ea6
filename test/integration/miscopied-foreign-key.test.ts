/** A key of a partition for which PostgreSQL copied the columns of ON DELETE SET NULL by their numbers comes back with the right ones. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

const SOURCE = `
  CREATE TABLE r (id int PRIMARY KEY);
  CREATE TABLE p (a int, b int) PARTITION BY LIST (a);
  CREATE TABLE p1 (gone int, a int, x int, b int); ALTER TABLE p1 DROP COLUMN gone, DROP COLUMN x;
  ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1);
  CREATE TABLE p2 PARTITION OF p DEFAULT;
  ALTER TABLE p ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES r (id) ON DELETE SET NULL (b);
  ALTER TABLE p1 RENAME CONSTRAINT fk TO own;
  INSERT INTO r VALUES (5); INSERT INTO p VALUES (1, 5)`;

const KEYS = `SELECT conrelid::regclass::text AS table, conname, pg_get_constraintdef(oid) AS definition, conparentid <> 0 AS inherited
  FROM pg_constraint WHERE contype = 'f' ORDER BY 1`;

const RIGHT = "FOREIGN KEY (b) REFERENCES r(id) ON DELETE SET NULL (b)";

test.each([15, 18])("on %i", (major) =>
  withDatabase(
    async (source) => {
      await source.query(SOURCE);
      const archive = new MemoryStore();
      await dump(source.url, archive);
      await withDatabase(
        async (target) => {
          await restore(archive, target.url);
          const key = (table: string, conname: string, inherited: boolean) => ({
            table,
            conname,
            definition: RIGHT,
            inherited,
          });
          expect(await target.query(KEYS)).toEqual([
            key("p", "fk", false),
            key("p1", "own", true),
            key("p2", "fk", true),
          ]);
          await target.query("DELETE FROM r");
          expect(await target.query("SELECT a, b FROM p")).toEqual([{ a: 1, b: null }]);
        },
        { major },
      );
    },
    { major },
  ),
);
