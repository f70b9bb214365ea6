/** A folder of backups over time: listed, drilled, verified, held, pruned. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readLedger } from "../../src/nexushub/backup-folder/ledger.ts";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import {
  backup,
  hold,
  listFolder,
  nexusHubDrill,
  prune,
  recordDrill,
  verifyFolder,
} from "../../src/nexushub/index.ts";
import { runCli } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

vi.setConfig({ testTimeout: 180_000 });
const folder = temporaryFolder();
const env = { PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64") };
const DAYS = ["2026-11-20", "2026-11-21", "2026-11-22"];
let source: TestDatabase;
let paths: string[];

beforeAll(async () => {
  source = await freshDatabase();
  await loadNexusHubDemoData(source.url, { auditRows: 50, now: new Date() });
  paths = [];
  for (const day of DAYS) {
    const now = () => new Date(`${day}T03:00:00Z`);
    const options = { databaseUrl: source.url, folder: folder.path, env, now };
    paths.push((await backup({ ...options, reuse: false })).path);
    await source.query(
      "INSERT INTO audit_log (action, target_type, result) VALUES ('a', 'b', 'success')",
    );
  }
});
afterAll(async () => {
  await source.drop();
  folder.remove();
});

test("the list says what is known, and a drill as a plain role is recorded", async () => {
  const before = await listFolder(folder.path);
  expect(before.backups.map(({ at }) => at.slice(0, 10))).toEqual(DAYS.toReversed());
  expect(before.backups[0]).toMatchObject({
    host: expect.any(String),
    drill: null,
    encrypted: false,
    differential: false,
    action: "keep",
  });
  expect(before.backups[0]!.rows! - before.backups[1]!.rows!).toBe(1);
  expect(before.backups[0]!.growthBytes).toBeGreaterThan(0);
  expect(before.backups[2]!.growthBytes).toBeNull();
  expect(before.backups[0]!.tables[0]!.bytes).toBeGreaterThan(0);

  const report = await nexusHubDrill(folder.path, {
    into: source.url,
    asPlainRole: true,
    key: TEST_KEY,
  });
  expect(report.probes.filter(({ status }) => status === "failed")).toEqual([]);
  expect(await recordDrill(report)).toBe(true);
  const [newest] = (await listFolder(folder.path)).backups;
  expect(newest!.drill).toMatchObject({ ok: true, plainRole: true, restoreMs: report.restoreMs });
  const roles = await source.query("SELECT FROM pg_roles WHERE rolname LIKE 'nexushub\\_plain%'");
  expect(roles).toHaveLength(0);
});

test("verify takes those that were not verified for the longest time, and meets damage", async () => {
  const names = paths.map((path) => path.slice(folder.path.length + 1));
  const first = await verifyFolder(folder.path, { leastRecentlyChecked: 1 });
  expect(first.backups.map(({ name }) => name)).toEqual([names[0]]);
  const bytes = await readFile(paths[1]!);
  const damaged = Buffer.from(bytes);
  damaged[Math.floor(damaged.length / 2)]! ^= 1;
  await writeFile(paths[1]!, damaged);
  const { code, stdout } = await runCli(["verify", folder.path, "--newest", "2"]);
  expect(code).toBe(4);
  expect(stdout).toMatch(new RegExp(`DAMAGED +${names[1]}`));
  expect(stdout).toContain("1 backup intact, 1 DAMAGED");
  expect((await readLedger(folder.path)).ledger.backups[names[1]!]).toMatchObject({
    verifiedAt: null,
    damagedAt: expect.any(String),
  });
  // Damaged ones push out no other, and are not removed.
  const { removed } = await prune(folder.path, { retention: { keep: 2 } });
  expect(removed).toEqual([]);
  await writeFile(paths[1]!, bytes);
  expect(await verifyFolder(folder.path)).toMatchObject({ intact: 3, damaged: 0 });
});

test("a held backup stays", async () => {
  const until = new Date(Date.now() + 3_600_000);
  expect(await hold(paths[0]!, { until })).toMatchObject({ held: true });
  const policy = { retention: { keep: 1 } };
  expect((await prune(folder.path, { ...policy, dryRun: true })).removed).toHaveLength(1);
  await hold(paths[0]!, { release: true });
  expect((await prune(folder.path, { ...policy, dryRun: true })).removed).toHaveLength(2);
  await expect(hold(join(folder.path, "x.tar.gz"))).rejects.toThrow(/there is no backup/);
});

test("restore takes a folder for its newest backup", async () => {
  const { code, stderr } = await runCli(["restore", folder.path, "--list"]);
  expect([code, stderr]).toEqual([0, `the newest backup is ${paths[2]}\n`]);
});
