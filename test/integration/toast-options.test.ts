/** Parameters of TOAST tables, which a table keeps when the columns that needed it are dropped. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf, contentsOfArchive, EVERYTHING } from "../support/contents.ts";
import { withDatabase } from "../support/postgres.ts";

const OPTIONS = "WITH (fillfactor = 70, toast.autovacuum_enabled = false)";
const TABLES = `
  CREATE TABLE used (a int, b text) ${OPTIONS};
  CREATE TABLE short (a int, b text, c varchar(20), d bit(3), e numeric(10,2), f char(3) NOT NULL) ${OPTIONS};
  ALTER TABLE short DROP COLUMN b;
  CREATE TABLE empty (b text) ${OPTIONS};
  ALTER TABLE empty DROP COLUMN b;
  CREATE TABLE long (a varchar(900), b text) ${OPTIONS};
  ALTER TABLE long DROP COLUMN b;
  CREATE TABLE unlimited (a int[], b text) ${OPTIONS};
  ALTER TABLE unlimited DROP COLUMN b`;

test.each([13, 15, 18])("leaves out what PostgreSQL %i ignores, and says so", async (major) => {
  await withDatabase(
    async (source) => {
      await source.query(TABLES);
      const archive = new MemoryStore();
      const { warnings } = await dump(source.url, archive, {
        ...EVERYTHING,
        reproducible: true,
      });
      expect(warnings.map(({ code, object }) => [code, object])).toEqual([
        ["toast-options", "table public.empty"],
        ["toast-options", "table public.short"],
      ]);
      expect(warnings[0]!.message).toContain("toast.autovacuum_enabled='false'");
      const before = await contentsOfArchive(archive);
      expect(before.match(/toast\./g)).toHaveLength(3);
      await withDatabase(
        async (target) => {
          await restore(archive, target.url);
          expect(await contentsOf(target.url)).toBe(before);
        },
        { major },
      );
    },
    { major },
  );
});
