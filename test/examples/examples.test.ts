/** The examples, run as they stand. They import the package by its name, which gives the built files (`pretest`). */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";

const run = promisify(execFile);
const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));

let source: TestDatabase;
let empty: TestDatabase;
let folder: string;
let archive: string;

beforeAll(async () => {
  source = await freshDatabase();
  empty = await freshDatabase();
  await loadNexusHubDemoData(source.url, { auditRows: 100 });
  folder = await mkdtemp(join(tmpdir(), "nexushub-dump-examples-"));
  archive = join(folder, "backup.tar.gz");
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await source.drop();
  await empty.drop();
});

/** Runs an example and gives what it printed; throws when it fails. */
async function example(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<string> {
  const { stdout } = await run(process.execPath, [join(EXAMPLES, name), ...args], {
    env: { ...process.env, NODE_TEST_CONTEXT: "", ...env },
  });
  return stdout;
}

test("an application takes a backup with progress", async () => {
  const output = await example("back-up-with-progress.mjs", [archive], {
    DATABASE_URL: source.url,
  });
  expect(output).toContain("public.audit_log: 100 rows");
});

test("a test restores into a transaction and rolls back", async () => {
  const output = await example("restore-in-a-test.mjs", [], {
    ARCHIVE: archive,
    EMPTY_DATABASE_URL: empty.url,
  });
  expect(output).toMatch(/pass 1/);
  expect(await empty.query("SELECT FROM pg_class WHERE relname = 'wg_peers'")).toEqual([]);
});
