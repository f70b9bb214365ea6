/** CHECK constraints of domains that CREATE DOMAIN does not contain, where only some tables are restored. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";

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
