/** What stands between an operator and the wrong restore: fixtures over a database in use, and other sessions. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { dump } from "../../src/dump/dump.ts";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { dumpForCi, guardRestore, previewRestore } from "../../src/nexushub/index.ts";
import { runCli } from "../support/cli.ts";
import { freshDatabase, templateDatabase, type TestDatabase } from "../support/postgres.ts";

let folder: string;
let fixture: string;
let inUse: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "restore-guard-"));
  fixture = join(folder, "fixture.tar.gz");
  const template = await templateDatabase("nexushub_restore_guard", async (url) => {
    await loadNexusHubDemoData(url, { auditRows: 50 });
  });
  inUse = await freshDatabase({ template });
  await dumpForCi(inUse.url, fixture);
});
afterAll(async () => {
  await inUse.drop();
  await rm(folder, { recursive: true });
});

const restoring = (target: TestDatabase, ...more: string[]) =>
  runCli(["restore", fixture, "-d", target.url, "--force", "--yes", "--while-connected", ...more]);
const users = (database: TestDatabase) =>
  database.query("SELECT email FROM public.users ORDER BY id");

describe("a fixture", () => {
  test("is marked as one by the preset ci", async () => {
    const reader = await openArchive(fixture);
    expect(reader.manifest.purpose).toBe("fixture");
    await reader.close();
  });

  test("is refused over a NexusHub database in use, with exit code 3", async () => {
    const before = await users(inUse);
    const { code, stderr } = await restoring(inUse);
    expect(code).toBe(3);
    expect(stderr).toMatch(/the archive is a fixture, and .* is a NexusHub database in use/);
    expect(stderr).toContain("--allow-fixture restores anyway");
    expect(await users(inUse)).toEqual(before);
    await expect(guardRestore(fixture, null, { target: inUse.url })).rejects.toMatchObject({
      code: "FIXTURE_REFUSED",
    });
    expect(
      await guardRestore(fixture, null, { target: inUse.url, allowFixture: true }),
    ).toMatchObject([{ code: "fixture-over-database" }]);
  });

  test("goes into an empty database, and over itself", async () => {
    const target = await freshDatabase();
    try {
      for (let time = 0; time < 2; time++) {
        const { code, stderr } = await restoring(target);
        expect(code, stderr).toBe(0);
      }
      expect(await users(target)).not.toEqual([]);
    } finally {
      await target.drop();
    }
  });

  test("goes over a database in use when it is allowed", async () => {
    const target = await freshDatabase();
    try {
      await loadNexusHubDemoData(target.url, { auditRows: 10 });
      const { code, stderr } = await restoring(target, "--allow-fixture");
      expect(code, stderr).toBe(0);
      expect(stderr).toContain("warning: the archive is a fixture");
    } finally {
      await target.drop();
    }
  });
});

test("a restore of some tables says what it changes, and that the rest stays", async () => {
  const target = await freshDatabase();
  const database = ["-d", target.url, "--force", "--allow-unkeyed"];
  try {
    await target.query(`
      CREATE TABLE users (id int PRIMARY KEY); INSERT INTO users SELECT generate_series(1, 100);
      CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 1000)`);
    const archive = join(folder, "some.tar.gz");
    await dump(target.url, archive);
    const one = await runCli(["restore", archive, ...database, "--table", "users"]);
    expect(one.code, one.stderr).toBe(0);
    expect(one.stderr).toMatch(
      /^database .*: 1 table with 100 rows will be replaced or added to: public\.users\n {2}everything else stays as it is\n/m,
    );
    expect(one.stderr).not.toContain("overwritten");
    const rows = await runCli([
      "restore",
      archive,
      ...database,
      "--data-only",
      "--table",
      "orders",
    ]);
    expect(rows.stderr).toContain("1 table with 1 000 rows will be replaced or added to");
    // What a partial archive does not hold stays, too.
    await dump(target.url, join(folder, "part.tar.gz"), { tables: ["users"] });
    const part = await runCli(["restore", join(folder, "part.tar.gz"), ...database]);
    expect(part.code, part.stderr).toBe(0);
    expect(part.stderr).toContain("1 table with 100 rows will be replaced or added to");
    const all = await runCli(["restore", archive, ...database]);
    expect(all.code, all.stderr).toBe(0);
    expect(all.stderr).toMatch(/will be overwritten\n {2}it holds 2 tables with 1 100 rows\n/);
  } finally {
    await target.drop();
  }
});

test("sessions of other roles are seen by a login that is no superuser", async () => {
  const target = await freshDatabase();
  const login = `guard_${Date.now()}`;
  try {
    await target.query(`CREATE ROLE ${login} LOGIN PASSWORD 'guard'`);
    const client = await target.client();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const url = Object.assign(new URL(target.url), { username: login, password: "guard" }).href;
    const { sessions } = await previewRestore(url);
    expect(sessions.map(({ pid }) => pid)).toContain(rows[0]!.pid);
  } finally {
    await target.query(`DROP ROLE ${login}`);
    await target.drop();
  }
});

test("a plain owner's preview counts what its restore may drop, and reads nothing of a provider", async () => {
  const target = await freshDatabase();
  const login = `guard_owner_${Date.now()}`;
  try {
    await target.query(
      `CREATE ROLE ${login} LOGIN PASSWORD 'guard';
       CREATE SCHEMA provider; CREATE TABLE provider.accounts AS SELECT 1 AS id; CREATE TABLE public.visible AS SELECT 1 AS id;
       CREATE SCHEMA app AUTHORIZATION ${login}; CREATE TABLE app.hidden AS SELECT 1 AS id;
       SET ROLE ${login}; CREATE TABLE app.t AS SELECT generate_series(1, 3) AS id`,
    );
    const url = Object.assign(new URL(target.url), { username: login, password: "guard" }).href;
    const preview = await previewRestore(url);
    expect(preview).toMatchObject({ tables: 2, rows: 3, rowsAreEstimated: true });
  } finally {
    await target.drop();
    await target.server.admin(`DROP ROLE ${login}`);
  }
});
