/** A range type that gets another name or schema leaves its constructors where they are: what calls them comes back. */
import { expect, test } from "vitest";
import { expectSameContents, withRestoredCopy } from "../support/restored-copy.ts";

const MULTIRANGE = `
  CREATE TYPE elsewhere AS RANGE (subtype = text, multirange_type_name = "new S".texts);
  CREATE VIEW texts AS SELECT texts(elsewhere('a', 'b')) AS m;
  CREATE VIEW many AS SELECT span_multirange(span(1, 2), span(3, 4)) AS m, span_multirange() AS none;
  ALTER TYPE span_multirange RENAME TO "Spans"; ALTER TYPE "Spans" SET SCHEMA "new S"`;

test.each([
  [13, 13],
  [13, 18],
  [18, 18],
  [18, 14],
])("from %i into %i", (from, into) =>
  withRestoredCopy(
    { from, into },
    async (source) => {
      await source.query(`
        CREATE SCHEMA "new S"; CREATE TYPE span AS RANGE (subtype = int);
        CREATE TABLE t (a int, s span GENERATED ALWAYS AS (span(a, a + 1)) STORED, CHECK (s <@ span(0, 9, '[]')));
        INSERT INTO t VALUES (1)`);
      if (from >= 14) await source.query(MULTIRANGE);
      await source.query(`ALTER TYPE span RENAME TO period; ALTER TYPE period SET SCHEMA "new S"`);
    },
    async (copy) => {
      await expectSameContents(copy, from < into);
      const [row] = await copy.target.query("SELECT span(4, 5)::text AS span, s::text FROM t");
      expect(row).toEqual({ span: "[4,5)", s: "[1,2)" });
    },
  ),
);
