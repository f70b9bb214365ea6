/** A dump of a hot standby, which has no contents of unlogged relations: "cannot access … during recovery". */
import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import { restore } from "../../src/restore/restore.ts";
import { MemoryStore } from "../support/archives.ts";
import { createCluster } from "../support/cluster.ts";
import { withDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

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

test("a dump that the standby's replay cancels is begun again, once", async () => {
  const wal = temporaryFolder();
  const archived = join(wal.path, "archived");
  const cluster = createCluster(MAJOR, [
    `restore_command = 'cp "${archived}/%f" "%p"'`,
    "max_standby_archive_delay = 0",
    "wal_retrieve_retry_interval = '100ms'",
  ]);
  try {
    // As long as the primary has not changed the table, a dump of it takes minutes.
    await cluster.query(`
      CREATE TABLE changing AS SELECT g AS a FROM generate_series(1, 1000) g;
      CREATE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) FROM pg_catalog.pg_attribute WHERE attrelid = 'public.changing'::pg_catalog.regclass AND attnum > 0) = 1
        THEN PERFORM pg_catalog.pg_sleep(1); END IF;
        RETURN true; END $$`);
    const [row] = await cluster.query<{ path: string }>("SHOW data_directory");
    const data = Object.values(row!)[0] as string;
    cluster.stop();
    cluster.save();
    cluster.start();
    await cluster.query("ALTER TABLE changing ADD b int");
    await cluster.query("SELECT pg_switch_wal()");
    const segments = join(wal.path, "segments");
    cpSync(join(data, "pg_wal"), segments, { recursive: true });
    execFileSync("chmod", ["-R", "a+rX", segments]);
    cluster.stop();
    cluster.putBack();
    cluster.becomeStandby();
    cluster.start();
    const archive = new MemoryStore();
    const { relations, warnings } = await dump(cluster.url, archive, {
      where: { changing: "public.slow()" },
      onProgress: (event) => {
        if (event.type === "phase" && event.phase === "data")
          cpSync(segments, archived, { recursive: true });
      },
    });
    expect(warnings.map(({ code }) => code)).toEqual(["dump-repeated"]);
    expect(relations.map(({ rows }) => rows)).toEqual([1000]);
    const reader = await openArchive(archive);
    await reader.close();
    expect(reader.manifest.relations[0]!.columns).toEqual(["a", "b"]);
  } finally {
    cluster.remove();
    wal.remove();
  }
}, 120_000);
