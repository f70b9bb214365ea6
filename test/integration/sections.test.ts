import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

const SCHEMA = `
  CREATE TABLE a (id int PRIMARY KEY, v text DEFAULT 'x');
  CREATE INDEX a_v ON a (v);
  CREATE TABLE b (a_id int REFERENCES a);
  INSERT INTO a VALUES (1, 'one'), (2, 'two');
  INSERT INTO b VALUES (2);`;

const STATE = `
  SELECT (SELECT count(*)::int FROM a) AS rows, (SELECT count(*)::int FROM pg_constraint WHERE conrelid = 'b'::regclass) AS keys,
         to_regclass('a_v') IS NOT NULL AS indexed`;

test("sections of one archive, restored one after the other, make the whole", async () => {
  await withDatabase(async (source) => {
    await source.query(SCHEMA);
    const archive = new MemoryStore();
    await dump(source.url, archive);
    await withDatabase(async (target) => {
      await restore(archive, target.url, { sections: ["pre-data"] });
      expect(await target.query(STATE)).toEqual([{ rows: 0, keys: 0, indexed: false }]);
      await restore(archive, target.url, { sections: ["data"] });
      expect(await target.query(STATE)).toEqual([{ rows: 2, keys: 0, indexed: false }]);
      await restore(archive, target.url, { sections: ["post-data"] });
      expect(await target.query(STATE)).toEqual(await source.query(STATE));
    });
  });
});

test("archives of single sections fit together, and know that they go into what exists", async () => {
  await withDatabase(async (source) => {
    await source.query(SCHEMA);
    await withDatabase(async (target) => {
      for (const sections of [["pre-data"], ["data", "post-data"]] as const) {
        const archive = new MemoryStore();
        await dump(source.url, archive, { sections });
        await restore(archive, target.url);
      }
      expect(await target.query(STATE)).toEqual(await source.query(STATE));
    });
  });
});

test("sections and schema-only exclude each other", async () => {
  await expect(
    dump("postgresql:///x", new MemoryStore(), { sections: ["data"], schemaOnly: true }),
  ).rejects.toThrow("sections exclude schema-only and data-only");
});
