/** A range type that gets another name or schema leaves its constructors where they are: what calls them comes back. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { inspectCode } from "../../src/verify/code/inspect-code.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf } from "../support/contents.ts";
import { withDatabase } from "../support/postgres.ts";

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
  withDatabase(
    async (source) => {
      await source.query(`
        CREATE SCHEMA "new S"; CREATE TYPE span AS RANGE (subtype = int);
        CREATE TABLE t (a int, s span GENERATED ALWAYS AS (span(a, a + 1)) STORED, CHECK (s <@ span(0, 9, '[]')));
        INSERT INTO t VALUES (1)`);
      if (from >= 14) await source.query(MULTIRANGE);
      await source.query(`ALTER TYPE span RENAME TO period; ALTER TYPE period SET SCHEMA "new S"`);
      const archive = new MemoryStore();
      await dump(source.url, archive);
      expect((await inspectCode(archive)).unknown).toEqual([]);
      await withDatabase(
        async (target) => {
          await restore(archive, target.url);
          const options = { owner: false, privileges: false, reproducible: from < into };
          expect(await contentsOf(target.url, options)).toBe(await contentsOf(source.url, options));
          const [row] = await target.query("SELECT span(4, 5)::text AS span, s::text FROM t");
          expect(row).toEqual({ span: "[4,5)", s: "[1,2)" });
        },
        { major: into },
      );
    },
    { major: from },
  ),
);
