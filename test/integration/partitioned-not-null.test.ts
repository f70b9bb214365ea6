/** NOT NULL of a partitioned table alone, into a server that refuses it as PostgreSQL 18.6 does. */
import { expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { withDatabase } from "../support/postgres.ts";
import { statementProxy } from "../support/statement-proxy.ts";

const SOURCE = `
  CREATE TABLE p (a int NOT NULL, b int CONSTRAINT named NOT NULL) PARTITION BY LIST (b);
  CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
  ALTER TABLE p ALTER CONSTRAINT named NO INHERIT;
  CREATE TABLE p2 PARTITION OF p DEFAULT;
  CREATE TABLE k (a int, b int, PRIMARY KEY (a, b)) PARTITION BY LIST (b);
  CREATE TABLE k1 PARTITION OF k FOR VALUES IN (1);
  ALTER TABLE k ALTER CONSTRAINT k_a_not_null NO INHERIT;
  INSERT INTO p2 VALUES (1, NULL);
  INSERT INTO k VALUES (1, 1);`;

/** ADD CONSTRAINT is refused by every 18, with the error that ALTER CONSTRAINT has since 18.6. */
function refused(sql: string): string {
  return sql.replaceAll(/ALTER CONSTRAINT \w+ NO INHERIT;/g, "ADD NOT NULL a NO INHERIT;");
}

test("comes back without it, or with that of the partitions, and is named", () =>
  withDatabase(
    async (source) => {
      await source.query(SOURCE);
      const archive = new MemoryStore();
      const dumped = await dump(source.url, archive, {});
      const named = dumped.warnings.filter(({ code }) => code === "partitioned-not-null");
      expect(named.map(({ object }) => object)).toEqual(["table public.k", "table public.p"]);
      await withDatabase(
        async (target) => {
          const proxy = await statementProxy(target.url, refused);
          try {
            const { warnings } = await restore(archive, proxy.url, { owner: true });
            expect(warnings.map(({ code, object }) => [code, object])).toEqual([
              ["unsigned-archive", null],
              ["partitioned-not-null", "table public.p"],
              ["partitioned-not-null", "check constraint public.k k_a_not_null"],
            ]);
          } finally {
            proxy.close();
          }
          const notNulls = await target.query(
            `SELECT conrelid::regclass || '.' || conname AS name, connoinherit FROM pg_constraint
             WHERE contype = 'n' AND conrelid::regclass::text IN ('p', 'p1', 'p2', 'k') ORDER BY 1`,
          );
          expect(notNulls).toEqual([
            { name: "k.k_a_not_null", connoinherit: false },
            { name: "k.k_b_not_null", connoinherit: false },
            { name: "p.p_a_not_null", connoinherit: false },
            { name: "p1.named", connoinherit: false },
            { name: "p1.p_a_not_null", connoinherit: false },
            { name: "p2.p_a_not_null", connoinherit: false },
          ]);
          expect(await target.query("SELECT count(*)::int AS rows FROM p")).toEqual([{ rows: 1 }]);
        },
        { major: 18 },
      );
    },
    { major: 18 },
  ));
