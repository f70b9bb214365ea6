/** Examples of fixtures in a project that has the packed package (`pretest` has built it). */
import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { installPacked } from "../support/packed-project.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { outsideVitest } from "../support/processes.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const run = promisify(execFile);
const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));

const folder = temporaryFolder();
const archive = join(folder.path, "a.tar.gz");
let source: TestDatabase;

beforeAll(async () => {
  source = await freshDatabase();
  await loadNexusHubDemoData(source.url, { auditRows: 100 });
  await dump(source.url, archive);
  await installPacked(folder.path, ["jest"]);
});
afterAll(async () => {
  await source.drop();
  folder.remove();
});

/** What a program of the project prints; `more` is its environment beside the fixture's. */
async function output(args: readonly string[], more: Record<string, string> = {}): Promise<string> {
  const env = { ARCHIVE: archive, DATABASE_URL: source.url, NODE_TEST_CONTEXT: "", NO_COLOR: "1" };
  const { stdout, stderr } = await run(process.execPath, args, {
    cwd: folder.path,
    env: { ...outsideVitest(), ...env, ...more },
  });
  return stdout + stderr;
}

/** Test databases that a run left behind. */
async function left(): Promise<readonly unknown[]> {
  const sql = "SELECT datname FROM pg_database WHERE datname ~ '^nhdt_.*_[bc]_'";
  return (await source.server.admin(sql)).rows;
}

test("jest with CommonJS, without a flag", { timeout: 240_000 }, async () => {
  cpSync(join(EXAMPLES, "jest-cjs"), folder.path, { recursive: true });
  const jest = join(folder.path, "node_modules/jest/bin/jest.js");
  expect(await output([jest])).toMatch(/Tests: +5 passed, 5 total/);
  expect(await left()).toEqual([]);
});

test("node:test", { timeout: 240_000 }, async () => {
  cpSync(join(EXAMPLES, "fixture.node-test.mjs"), join(folder.path, "fixture.node-test.mjs"));
  expect(await output(["fixture.node-test.mjs"])).toMatch(/pass 2/);
  expect(await left()).toEqual([]);
});
