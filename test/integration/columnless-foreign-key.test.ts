/** Foreign keys that PostgreSQL holds, and cannot validate. */
import { expect, test } from "vitest";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { contentsOf, manifestOf } from "../support/contents.ts";
import { withDatabase } from "../support/postgres.ts";

const SCHEMA = `
  CREATE TYPE empty AS (gone int);
  ALTER TYPE empty DROP ATTRIBUTE gone;
  CREATE DOMAIN over AS empty;
  CREATE DOMAIN "over it" AS over;
  CREATE TABLE referenced (a "over it", b int, PRIMARY KEY (a, b), UNIQUE (b, a));
  CREATE TABLE referring (a empty, b int,
    CONSTRAINT first FOREIGN KEY (a, b) REFERENCES referenced ON DELETE CASCADE DEFERRABLE,
    CONSTRAINT second FOREIGN KEY (b, a) REFERENCES referenced (b, a));
  CREATE TABLE itself (a empty PRIMARY KEY CONSTRAINT itself REFERENCES itself MATCH FULL);
  INSERT INTO referenced VALUES (ROW(), 1);
  INSERT INTO referring VALUES (ROW(), 1), (NULL, 2);
  INSERT INTO itself VALUES (ROW());`;

test.each([13, 15, 18])("one on a type without columns comes back not valid, on %i", (major) =>
  withDatabase(
    async (source) => {
      await source.query(SCHEMA);
      const archive = new MemoryStore();
      const before = await contentsOf(source.url, {}, archive);
      const { warnings } = await manifestOf(archive);
      expect(warnings.map(({ code, object }) => [code, object])).toEqual([
        ["foreign-key-not-valid", "table public.referring"],
        ["foreign-key-not-valid", "table public.itself"],
      ]);
      await withDatabase(
        async (copy) => {
          await restore(archive, copy.url, { owner: true, privileges: true });
          expect(await contentsOf(copy.url)).toBe(before);
          const keys = await copy.query(
            "SELECT conname, convalidated FROM pg_constraint WHERE contype = 'f' ORDER BY 1",
          );
          expect(keys).toEqual([
            { conname: "first", convalidated: false },
            { conname: "itself", convalidated: false },
            { conname: "second", convalidated: true },
          ]);
          await copy.query("ALTER TABLE referring DROP CONSTRAINT second");
          await copy.query("INSERT INTO referring VALUES (ROW(), 1)");
          const missing = copy.query("INSERT INTO referring VALUES (ROW(), 2)");
          await expect(missing).rejects.toMatchObject({ code: "23503" });
        },
        { major },
      );
    },
    { major },
  ),
);
