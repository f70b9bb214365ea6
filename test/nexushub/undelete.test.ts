/** A peer and a user of NexusHub back from a backup, by name, with their secrets tried. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import type { UndeleteResult } from "../../src/undelete/options.ts";
import { runCli } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { contentsOf } from "../support/table-contents.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder();
const KEY = {
  PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64"),
  WG_ENDPOINT: "vpn.example:51820",
};
let database: TestDatabase;
let archive: string;
let before: Record<string, string>;

beforeAll(async () => {
  database = await freshDatabase();
  await loadNexusHubDemoData(database.url, { auditRows: 50 });
  const { code, stdout } = await runCli(["backup", folder.path, "-d", database.url, "--json"], KEY);
  expect(code).toBe(0);
  archive = (JSON.parse(stdout) as { path: string }).path;
  before = await contentsOf(database);
});
afterAll(async () => {
  await database.drop();
  folder.remove();
});

const undelete = (args: readonly string[], env: Record<string, string> = KEY) =>
  runCli(["undelete", archive, "-d", database.url, ...args], env);

/** Each warning of the result is on standard error, once. */
function expectPrinted(
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
  codes: readonly string[],
): void {
  const { warnings } = JSON.parse(stdout) as UndeleteResult;
  expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(codes));
  for (const { message } of warnings) expect(stderr.split(message)).toHaveLength(2);
}

async function changedTables(): Promise<string[]> {
  const after = await contentsOf(database);
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}

test("a peer with its preshared keys and bindings", async () => {
  const [peer] = await database.query<{ id: string; name: string }>(
    "SELECT id, name FROM wg_peers p WHERE private_key IS NOT NULL AND EXISTS (SELECT FROM wg_peer_preshared_keys WHERE peer_id = p.id) ORDER BY id LIMIT 1",
  );
  await database.query("DELETE FROM wg_peers WHERE id = $1", [peer!.id]);
  const gone = await contentsOf(database);
  const dry = await undelete(["--peer", peer!.id, "--dry-run"]);
  expect(dry).toMatchObject({ code: 0 });
  expect(dry.stderr).toContain("public.wg_peers: inserts 1 row");
  expect(await contentsOf(database)).toEqual(gone);
  const wrong = { ...KEY, PEER_KEY_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64") };
  expect(await undelete(["--peer", peer!.id], wrong)).toMatchObject({ code: 3 });
  const { code, stdout, stderr } = await undelete(["--peer", peer!.name, "--json"]);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("warning")]);
  expect(JSON.parse(stdout)).toMatchObject({ committed: true, warnings: [] });
  expect(await changedTables()).toEqual([]);
});

test("a peer whose configuration would not work, with a warning", async () => {
  const [peer] = await database.query<{ id: string }>(
    "SELECT p.id FROM wg_peers p JOIN wg_interfaces i ON i.id = p.interface_id WHERE COALESCE(p.endpoint, i.endpoint) IS NULL ORDER BY p.id LIMIT 1",
  );
  await database.query("DELETE FROM wg_peers WHERE id = $1", [peer!.id]);
  const { PEER_KEY_ENCRYPTION_KEY } = KEY;
  const undone = await undelete(["--peer", peer!.id, "--json"], { PEER_KEY_ENCRYPTION_KEY });
  expect(undone.code).toBe(0);
  expectPrinted(undone, ["peer-config"]);
  expect(await changedTables()).toEqual([]);
});

test("a user with its API keys, who owns its peers again and is not logged in", async () => {
  const [user] = await database.query<{ id: string; email: string }>(
    "SELECT id, email FROM users u WHERE EXISTS (SELECT FROM wg_peers WHERE owner_user_id = u.id) AND EXISTS (SELECT FROM sessions WHERE user_id = u.id) ORDER BY id LIMIT 1",
  );
  await database.query(
    "ALTER TABLE wg_peers DISABLE TRIGGER USER; ALTER TABLE ebpf_rules DISABLE TRIGGER USER",
  );
  await database.query("DELETE FROM users WHERE id = $1", [user!.id]);
  const [first] = await changedTables();
  expect(first).toBeDefined();
  const named = await undelete(["--user", user!.email.toUpperCase(), "--json"]);
  expect(named.code).toBe(0);
  expectPrinted(named, ["references-left"]);
  const left = await changedTables();
  expect(
    left.every((name) => /sessions|refresh_tokens|audit_log/.test(name)),
    left.join(),
  ).toBe(true);
  expect(left).toContain('"public"."sessions"');
  const all = await undelete(["--user", user!.email, "--with-dependents", "--with-references"]);
  expect(all.code).toBe(0);
  expect((await changedTables()).filter((name) => !name.includes("audit_log"))).toEqual([]);
});

test("a value that another key sealed is refused before the commit", async () => {
  const [peer] = await database.query<{ id: string }>(
    "SELECT id FROM wg_peers WHERE private_key IS NOT NULL ORDER BY id DESC LIMIT 1",
  );
  const damaged = join(folder.path, "damaged.tar.gz");
  await database.query(
    "UPDATE wg_peers SET private_key = set_byte(private_key, 20, 255 - get_byte(private_key, 20)) WHERE id = $1",
    [peer!.id],
  );
  expect((await runCli(["dump", "-d", database.url, "-o", damaged])).code).toBe(0);
  await database.query("DELETE FROM wg_peers WHERE id = $1", [peer!.id]);
  const args = ["undelete", damaged, "-d", database.url, "--peer", peer!.id, "--allow-unkeyed"];
  const { code, stderr } = await runCli(args, KEY);
  expect(code).toBe(3);
  expect(stderr).toContain("wg_peers.private_key");
  expect(await database.query("SELECT FROM wg_peers WHERE id = $1", [peer!.id])).toEqual([]);
  const allowed = await runCli([...args, "--allow-key-mismatch", "--json"], KEY);
  expect(allowed.code).toBe(0);
  expectPrinted(allowed, ["key-unavailable", "key-mismatch"]);
});

test("says what it needs", async () => {
  expect((await undelete([])).code).toBe(2);
  expect((await undelete(["--peer", "nobody"])).code).toBe(2);
});
