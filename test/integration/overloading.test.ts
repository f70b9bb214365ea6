/** Views call the functions that they called, although others of the same name came later. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

const SOURCE = `
  CREATE TABLE t (i int); INSERT INTO t VALUES (1);
  CREATE FUNCTION z(a int DEFAULT 1) RETURNS text LANGUAGE sql AS 'SELECT ''first''';
  CREATE FUNCTION g(a bigint) RETURNS text LANGUAGE sql AS 'SELECT ''bigint''';
  CREATE VIEW by_default AS SELECT z() AS called;
  CREATE VIEW converted AS SELECT g(i) AS called FROM t;
  CREATE FUNCTION z(a text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT ''second''';
  CREATE FUNCTION g(a int) RETURNS text LANGUAGE sql AS 'SELECT ''int''';
  CREATE VIEW later AS SELECT g(i) AS called FROM t;
  CREATE TABLE u (c text DEFAULT g(2));`;

const CALLED = `
  SELECT (SELECT called FROM by_default) AS "byDefault", (SELECT called FROM converted) AS converted, (SELECT called FROM later) AS later`;

test.each([13, 18])("on %i", (major) =>
  withDatabase(
    async (source) => {
      await source.query(SOURCE);
      const called = await source.query(CALLED);
      expect(called).toEqual([{ byDefault: "first", converted: "bigint", later: "int" }]);
      const archive = new MemoryStore();
      await dump(source.url, archive);
      await withDatabase(
        async (target) => {
          await restore(archive, target.url);
          expect(await target.query(CALLED)).toEqual(called);
        },
        { major },
      );
    },
    { major },
  ),
);
