/**
 * examples/recipes in a project that has the packed package and the real ORMs, in Node.js, Bun and Deno. They take hundreds of
 * megabytes from the registry, so they are skipped, with a loud word, unless `npm run test:recipes` asks for them.
 */
import { execFile } from "node:child_process";
import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { loudly } from "../support/loudly.ts";
import { installWithDownloads } from "../support/packed-project.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { outsideVitest } from "../support/processes.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";

const run = promisify(execFile);
const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
const RECIPES = readdirSync(join(EXAMPLES, "recipes")).filter((name) => name.endsWith(".test.mjs"));

const isWanted = process.env["NEXUSHUB_DUMP_RECIPES"] === "1";
const why = isWanted ? "" : loudly("recipes skipped: npm run test:recipes runs them");

describe.skipIf(!isWanted)(
  `recipes${isWanted ? "" : ` (SKIPPED: ${why})`}`,
  { timeout: 300_000 },
  () => {
    let folder: TemporaryFolder;
    let archive: string;
    const bin = (name: string): string => join(folder.path, "node_modules/.bin", name);
    let source: TestDatabase;

    beforeAll(async () => {
      folder = temporaryFolder();
      archive = join(folder.path, "a.tar.gz");
      source = await freshDatabase();
      await loadNexusHubDemoData(source.url, { auditRows: 100 });
      await dump(source.url, archive);
      cpSync(join(EXAMPLES, "recipes"), folder.path, { recursive: true });
      await installWithDownloads(folder.path);
      // It needs no schema engine, and would download one: any program will do in its place.
      const env = { ...outsideVitest(), PRISMA_SCHEMA_ENGINE_BINARY: process.execPath };
      await run(bin("prisma"), ["generate"], { cwd: folder.path, env });
    }, 900_000);
    afterAll(async () => {
      await source.drop();
      folder.remove();
    });

    /** What a test runner prints about a recipe. */
    async function output(program: string, args: readonly string[]): Promise<string> {
      const env = {
        ARCHIVE: archive,
        DATABASE_URL: source.url,
        NODE_TEST_CONTEXT: "",
        NO_COLOR: "1",
      };
      const { stdout, stderr } = await run(program, args, {
        cwd: folder.path,
        env: { ...outsideVitest(), ...env },
        timeout: 120_000,
      });
      return stdout + stderr;
    }

    /** Databases and sessions that a run left behind. */
    async function left(): Promise<readonly unknown[]> {
      const { rows } = await source.server.admin(
        `SELECT datname FROM pg_database WHERE datname ~ '^nhdt_.*_[bc]_'
       UNION ALL SELECT datname FROM pg_stat_activity WHERE datname ~ '^nhdt_'`,
      );
      return rows;
    }

    test.each(RECIPES)("Node.js: %s", async (recipe) => {
      const tap = ["--test-reporter=tap", recipe];
      expect(await output(process.execPath, tap)).toMatch(/# pass 2\n# fail 0/);
      expect(await left()).toEqual([]);
    });

    test.each(RECIPES)("Bun: %s", async (recipe) => {
      expect(await output(bin("bun"), ["test", "--timeout=120000", `./${recipe}`])).toMatch(
        / 2 pass\n 0 fail/,
      );
      expect(await left()).toEqual([]);
    });

    test.each(RECIPES)("Deno: %s", async (recipe) => {
      const args = ["test", "--allow-all", "--no-check", recipe];
      expect(await output(bin("deno"), args)).toMatch(/ok \| 2 passed \| 0 failed/);
      expect(await left()).toEqual([]);
    });
  },
);
