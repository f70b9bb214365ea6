/** The facts about the server that an archive records. A dump succeeds when they cannot be read. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import type { DumpOptions } from "../../src/dump/options.ts";
import { MemoryStore } from "../support/archives.ts";
import { freshDatabase, MAJORS, type TestDatabase, withDatabase } from "../support/postgres.ts";

async function manifestOf(url: string, options: DumpOptions = {}): Promise<Manifest> {
  const store = new MemoryStore();
  await dump(url, store, options);
  const reader = await openArchive(store);
  await reader.close();
  return reader.manifest;
}

/** A position in the WAL as a number that can be compared. */
function position(lsn: string | null | undefined): bigint {
  const [high, low] = lsn?.split("/") ?? [];
  return (BigInt(`0x${high ?? ""}`) << 32n) + BigInt(`0x${low ?? ""}`);
}

describe.each(MAJORS)("PostgreSQL %i", (major) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase({ major });
    await database.query("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
  });
  afterAll(async () => database.drop());

  test("the server, its database and the snapshot are recorded", async () => {
    const { server } = await manifestOf(database.url);
    const [facts] = await database.query(`
      SELECT (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier",
             (SELECT oid FROM pg_database WHERE datname = current_database()) AS "databaseOid",
             (SELECT timeline_id FROM pg_control_checkpoint()) AS timeline,
             pg_postmaster_start_time() AS started, pg_snapshot_xmax(pg_current_snapshot())::text AS xmax`);
    const { started, xmax, ...same } = facts!;
    expect(server).toMatchObject(same);
    expect(server?.startedAt).toMatch(/\.\d{6}Z$/);
    expect(Math.trunc(Date.parse(server!.startedAt) / 1000)).toBe(
      Math.trunc((started as Date).getTime() / 1000),
    );
    expect(BigInt(server!.snapshot.split(":")[1]!)).toBeLessThanOrEqual(BigInt(xmax as string));
    expect(position(server?.walInsertedTo)).toBeGreaterThan(0n);
    expect(position(server?.walFlushedTo)).toBeGreaterThan(0n);
  });
});

test("a reproducible archive records nothing of its server", async () => {
  await withDatabase(async (database) => {
    const { server, database: facts } = await manifestOf(database.url, { reproducible: true });
    expect(server).toBeNull();
    const { encoding, ...rest } = facts;
    expect(encoding).toBe("UTF8");
    expect(Object.values(rest).every((value) => value === null)).toBe(true);
  });
});

describe("a server that does not tell", () => {
  const role = `nhd_plain_${process.pid}`;
  let database: TestDatabase;
  let url: string;
  beforeAll(async () => {
    database = await freshDatabase();
    await database.query(`
      CREATE ROLE ${role} LOGIN PASSWORD 'plain';
      ALTER DATABASE ${database.name} OWNER TO ${role};
      CREATE TABLE t (a int); ALTER TABLE t OWNER TO ${role}; INSERT INTO t VALUES (1)`);
    const plain = new URL(database.url);
    plain.username = role;
    plain.password = "plain";
    url = plain.href;
  });
  afterAll(async () => {
    await database.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER`);
    await database.query(
      `ALTER DATABASE ${database.name} OWNER TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}`,
    );
    await database.drop();
  });

  test("a plain owner gets every fact that the server gives to everybody", async () => {
    const { server, relations } = await manifestOf(url);
    expect(relations[0]!.rows).toBe(1);
    expect(server?.systemIdentifier).toMatch(/^\d+$/);
  });

  test("a fact that was revoked is null, and the rows are dumped", async () => {
    await database.query(
      "REVOKE EXECUTE ON FUNCTION pg_control_system(), pg_current_wal_flush_lsn() FROM PUBLIC",
    );
    const { server, relations } = await manifestOf(url);
    expect(relations[0]!.rows).toBe(1);
    expect(server).toMatchObject({ systemIdentifier: null, timeline: 1, walFlushedTo: null });
  });

  test("when everything was revoked there is no server, and the rows are dumped", async () => {
    await database.query(
      "REVOKE EXECUTE ON FUNCTION pg_current_snapshot(), pg_postmaster_start_time() FROM PUBLIC",
    );
    const { server, relations } = await manifestOf(url, { jobs: 2 });
    expect(relations[0]!.rows).toBe(1);
    expect(server).toBeNull();
  });
});
