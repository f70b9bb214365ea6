/** A dump of a hot standby, which has no contents of unlogged relations: "cannot access … during recovery". */
import { expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { createCluster } from "../support/cluster.ts";
import { withDatabase } from "../support/postgres.ts";

const MAJOR = 16;

test("unlogged relations come without their contents, by name, and everything else whole", async () => {
  const cluster = createCluster(MAJOR);
  try {
    await cluster.query(`
      CREATE TABLE kept AS SELECT g AS a FROM generate_series(1, 100) g;
      CREATE UNLOGGED TABLE volatile (id serial, v text);
      INSERT INTO volatile (v) VALUES ('x');
      CREATE UNLOGGED SEQUENCE positions;
      CREATE SEQUENCE durable;
      SELECT nextval('positions'), nextval('durable');
      CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM kept`);
    cluster.stop();
    cluster.becomeStandby();
    cluster.start();
    expect(await cluster.query("SELECT pg_is_in_recovery() AS is")).toEqual([{ is: true }]);
    for (const jobs of [1, 3]) {
      const archive = new MemoryStore();
      const { warnings } = await dump(cluster.url, archive, { jobs });
      expect(warnings.map(({ code, object }) => [code, object])).toEqual([
        ["unlogged-on-standby", "sequence public.positions"],
        ["unlogged-on-standby", "sequence public.volatile_id_seq"],
        ["unlogged-on-standby", "table public.volatile"],
      ]);
      const reader = await openArchive(archive);
      await reader.close();
      expect(reader.manifest.partial).toBe(true);
      await withDatabase(
        async (target) => {
          await restore(archive, target.url);
          const relations = await target.query(
            "SELECT relname AS name FROM pg_class WHERE relpersistence = 'u' AND relkind IN ('r', 'S') ORDER BY 1",
          );
          expect(relations.map(({ name }) => String(name))).toEqual([
            "positions",
            "volatile",
            "volatile_id_seq",
          ]);
          expect(
            await target.query(
              "SELECT (SELECT count(*)::int FROM kept) AS kept, (SELECT count(*)::int FROM volatile) AS volatile, (SELECT last_value::int FROM durable) AS durable",
            ),
          ).toEqual([{ kept: 100, volatile: 0, durable: 1 }]);
        },
        { major: MAJOR },
      );
    }
  } finally {
    cluster.remove();
  }
}, 120_000);
