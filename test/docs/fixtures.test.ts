/** docs/fixtures.md, pasted from its first block to its last by somebody who has a NexusHub database and an empty one. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { verify } from "../../src/verify/verify.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

// One block compiles PGlite.
vi.setConfig({ testTimeout: 240_000 });
const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const blocks = [
  ...readFileSync(join(root, "docs", "fixtures.md"), "utf8").matchAll(/^```(\w+)\n(.*?)^```$/gms),
].map(([, language, text], i) => ({ number: i + 1, language: language!, text: text! }));

const folder = temporaryFolder();
let source: TestDatabase;
let empty: TestDatabase;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  source = await freshDatabase();
  empty = await freshDatabase();
  await loadNexusHubDemoData(source.url, { auditRows: 1500 });
  // As installed: the package by its name, the program on the path.
  const modules = join(folder.path, "node_modules");
  mkdirSync(join(modules, "bin"), { recursive: true });
  symlinkSync(root, join(modules, "nexushub-dump"));
  for (const name of ["pg", "vitest", "@electric-sql"])
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  writeFileSync(
    join(modules, "bin", "nexushub-dump"),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, "dist/cli/main.js")}" "$@"\n`,
    { mode: 0o755 },
  );
  env = {
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/VITEST|^NODE_ENV$|^TEST$/.test(name)),
    ),
    PATH: `${join(modules, "bin")}:${process.env["PATH"]}`,
    NO_COLOR: "1",
    DATABASE_URL: source.url,
    TEST_DATABASE_URL: empty.url,
  };
});
afterAll(async () => {
  await source.drop();
  await empty.drop();
  folder.remove();
});

/** How a block of each language is run; what it printed. */
const RUNNERS: Readonly<Record<string, (text: string) => Promise<string>>> = {
  sh: async (text) => (await run("bash", ["-e", "-c", text], { cwd: folder.path, env })).stdout,
  async ts(text) {
    writeFileSync(join(folder.path, "pasted.test.ts"), text);
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const { stdout } = await run(process.execPath, [vitest, "run"], { cwd: folder.path, env });
    expect(stdout).toMatch(/Tests {2}1 passed/);
    return stdout;
  },
  async js(text) {
    writeFileSync(join(folder.path, "pasted.mjs"), text);
    return (await run(process.execPath, ["pasted.mjs"], { cwd: folder.path, env })).stdout;
  },
};

test.each(blocks)("block $number ($language) works as it stands", async ({ language, text }) => {
  await RUNNERS[language]!(text);
});

test("left the archive that the first block made, and a database that holds it", async () => {
  expect(blocks.map(({ language }) => language)).toEqual([
    "sh",
    "ts",
    "sh",
    "sh",
    "sh",
    "js",
    "js",
    "js",
  ]);
  const path = join(folder.path, "fixture.tar.gz");
  expect((await verify(path)).rows).toBeGreaterThan(1000);
  expect(
    await empty.query("SELECT count(*)::int AS n, bool_and(email ~ '^user-') AS masked FROM users"),
  ).toEqual([{ n: 120, masked: true }]);
  expect(await empty.query("SELECT count(*)::int AS n FROM audit_log")).toEqual([{ n: 1000 }]);
});
