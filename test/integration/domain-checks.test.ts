/** CHECK constraints of domains that CREATE DOMAIN does not contain, where only some tables are restored. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";
import { expectSameContents, withRestoredCopy } from "../support/restored-copy.ts";

const CHECKS = `SELECT conname AS name, convalidated AS valid FROM pg_constraint
  WHERE contypid = 'known_id'::regtype ORDER BY 1`;

test("a domain that a chosen table needs keeps its checks", async () => {
  await withDatabase(async (source) => {
    await source.query(`
      CREATE TABLE z (id int); INSERT INTO z VALUES (1), (2);
      CREATE FUNCTION known(int) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN RETURN EXISTS (SELECT FROM public.z WHERE id = $1); END';
      CREATE DOMAIN known_id AS int CONSTRAINT known CHECK (known(VALUE)) CONSTRAINT low CHECK (VALUE < 9);
      CREATE TABLE a (k known_id); INSERT INTO a VALUES (1);
      ALTER DOMAIN known_id ADD CONSTRAINT not_1 CHECK (VALUE <> 1) NOT VALID`);
    const archive = new MemoryStore();
    await dump(source.url, archive);
    const checks = await source.query(CHECKS);
    expect(checks).toHaveLength(3);
    await withDatabase(async (target) => {
      await restore(archive, target.url, { tables: ["a", "z"] });
      expect(await target.query(CHECKS)).toEqual(checks);
    });
    await withDatabase(async (target) => {
      const alone = restore(archive, target.url, { tables: ["a"] });
      await expect(alone).rejects.toThrow(
        'cannot restore check constraint public.known_id known: relation "public.z" does not exist',
      );
    });
  });
});

/** PostgreSQL looks at rows alone when a domain gets a constraint. */
const BOUNDS = `
  CREATE DOMAIN word AS text; CREATE DOMAIN short AS word; CREATE DOMAIN many AS int;
  CREATE TABLE l (w short, n int) PARTITION BY LIST (w);
  CREATE TABLE l_null PARTITION OF l FOR VALUES IN (NULL);
  CREATE TABLE l_old PARTITION OF l FOR VALUES IN ('old');
  CREATE TABLE l_new PARTITION OF l FOR VALUES IN ('new');
  INSERT INTO l VALUES ('new', 1);
  CREATE TABLE r (n many) PARTITION BY RANGE (n);
  CREATE TABLE r_low PARTITION OF r FOR VALUES FROM (MINVALUE) TO (0);
  ALTER DOMAIN word ADD CONSTRAINT not_old CHECK (VALUE <> 'old'); ALTER DOMAIN word SET NOT NULL;
  ALTER DOMAIN short ADD CHECK (VALUE <> 'older'); ALTER DOMAIN short SET NOT NULL;
  ALTER DOMAIN many ADD CONSTRAINT positive CHECK (VALUE > 0);
  COMMENT ON CONSTRAINT positive ON DOMAIN many IS 'since'`;

test.each([
  [13, 13],
  [16, 18],
  [18, 18],
  [18, 16],
])(
  "bounds of partitions that the domain's later constraints forbid, from %i into %i",
  async (from, into) => {
    // Another name for the NOT NULL, which servers before 17 do not store.
    const isNamed = from >= 17;
    await withRestoredCopy(
      { from, into },
      async (source) => {
        await source.query(BOUNDS);
        if (isNamed) await source.query("ALTER DOMAIN many ADD CONSTRAINT present NOT NULL");
      },
      async (copy) => {
        if (!isNamed || into >= 17) await expectSameContents(copy);
        const rows = [
          ["l", "(NULL, 1)", "domain "],
          ["l", "('old', 1)", "domain "],
          ...(isNamed ? [["r", "(NULL)", "domain many"]] : []),
        ];
        for (const [table, row, error] of rows)
          await expect(copy.target.query(`INSERT INTO ${table} VALUES ${row}`)).rejects.toThrow(
            error!,
          );
      },
    );
  },
);
