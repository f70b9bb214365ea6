/** Examples of fixtures in a project that has the packed package (`pretest` has built it). */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
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
  await installPacked(folder.path, ["jest", "@jest/globals", "vitest"]);
});
afterAll(async () => {
  await source.drop();
  folder.remove();
});

const environment = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  ...outsideVitest(),
  ARCHIVE: archive,
  DATABASE_URL: source.url,
  NODE_TEST_CONTEXT: "",
  NO_COLOR: "1",
  ...more,
});

/** What a program of the project prints; `more` is its environment beside the fixture's. */
async function output(args: readonly string[], more: Record<string, string> = {}): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, args, {
    cwd: folder.path,
    env: environment(more),
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

test("jest with ES modules", { timeout: 240_000 }, async () => {
  cpSync(join(EXAMPLES, "jest"), join(folder.path, "jest-esm"), { recursive: true });
  const jest = join(folder.path, "node_modules/jest/bin/jest.js");
  const args = [jest, "--config", join(folder.path, "jest-esm/jest.config.mjs")];
  const printed = await output(args, { NODE_OPTIONS: "--experimental-vm-modules" });
  expect(printed).toMatch(/Tests: +4 passed, 4 total/);
  expect(await left()).toEqual([]);
});

test(
  "vitest: in processes, killed with all of them, then in threads and without isolation, and nothing is left",
  { timeout: 240_000 },
  async () => {
    cpSync(join(EXAMPLES, "vitest"), join(folder.path, "vitest"), { recursive: true });
    const vitest = join(folder.path, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--config", join(folder.path, "vitest/vitest.config.mjs")];
    const child = spawn(process.execPath, args, {
      cwd: folder.path,
      env: environment(),
      stdio: "ignore",
      detached: true,
    });
    await expect.poll(left, { interval: 5, timeout: 120_000 }).not.toEqual([]);
    process.kill(-child.pid!, "SIGKILL");
    await once(child, "exit");
    for (const flags of [["--pool=threads"], ["--pool=forks", "--no-isolate", "--maxWorkers=1"]]) {
      const printed = await output([...args, ...flags]);
      expect(printed).toMatch(/Test Files {2}2 passed[^]*Tests {2}7 passed/);
      expect(await left()).toEqual([]);
    }
  },
);

test("node:test", { timeout: 240_000 }, async () => {
  cpSync(join(EXAMPLES, "fixture.node-test.mjs"), join(folder.path, "fixture.node-test.mjs"));
  expect(await output(["fixture.node-test.mjs"])).toMatch(/pass 2/);
  expect(await left()).toEqual([]);
});
