import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

test("a column that a parent got after its children moves in front of theirs, with a warning and every value", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE TABLE animal (id int, legs int DEFAULT 4);
      CREATE TABLE fish (fins int DEFAULT 2) INHERITS (animal);
      INSERT INTO fish VALUES (1, 0, 3);
      ALTER TABLE animal ADD COLUMN weight numeric DEFAULT 1.5;
      INSERT INTO fish (id, fins, weight) VALUES (2, 4, 9.5)`);
    const archive = new MemoryStore();
    const { warnings } = await dump(source.url, archive);
    expect(warnings.map(({ message }) => message)).toEqual([
      "table public.fish: a column that was added to a parent later will come before the table's own columns",
    ]);
    await withDatabase(async (target) => {
      await restore(archive, target.url);
      const read = "SELECT id, legs, fins, weight::text FROM fish ORDER BY id";
      expect(await target.query(read)).toEqual(await source.query(read));
    });
  });
});

test("views in which a function's later column takes another's place are named, and no others", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE TABLE t (a int, b text);
      CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS 'SELECT 1, NULL::text';
      CREATE VIEW plain AS SELECT * FROM f();
      CREATE VIEW last AS SELECT * FROM ROWS FROM (generate_series(1, 3), f()) r;
      CREATE VIEW apart AS SELECT z.a, o.n FROM f() z, generate_series(1, 3) WITH ORDINALITY o(i, n);
      CREATE VIEW numbered AS SELECT z.n FROM f() WITH ORDINALITY z(a, b, n);
      CREATE MATERIALIZED VIEW several AS SELECT r.s FROM ROWS FROM (f(), generate_series(1, 3)) r(a, b, s) WITH NO DATA;
      CREATE VIEW inside AS SELECT (SELECT max(n) FROM f() WITH ORDINALITY z(a, b, n)) AS m;
      ALTER TABLE t ADD COLUMN c bigint;
      CREATE VIEW later AS SELECT * FROM f() WITH ORDINALITY`);
    const { warnings } = await dump(source.url, new MemoryStore());
    expect(warnings.map(({ message }) => message.replace(/:.*/, ""))).toEqual([
      "view public.inside",
      "view public.numbered",
      "view public.several",
    ]);
  });
});
