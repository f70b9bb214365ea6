/** docs/object-stores.md, pasted from its first command to its last, and the program in it run. */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { pasteBlocks } from "../support/operations.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { outsideVitest } from "../support/processes.ts";
import { SAMPLE_DATABASE } from "../support/sample-database.ts";
import { createBucket, gateway, type TestBucket, useKeys } from "../support/s3/bucket.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

vi.setConfig({ testTimeout: 300_000 });
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HAS_AGE = spawnSync("age-keygen", ["--version"]).error === undefined;
if (!HAS_AGE)
  process.stderr.write("SKIPPED: encrypted backups are not pasted: age is not installed\n");
const blocks = pasteBlocks("object-stores.md");

test("but for keys and an installation all of docs/object-stores.md is pasted", () => {
  const pasted = blocks.filter(({ note }) => ["", "needs age"].includes(note));
  expect(blocks.length - pasted.length).toBe(2);
  const commands = pasted.map(({ text }) => text).join("");
  for (const command of ["backup", "list", "drill", "prune", "restore"])
    expect(commands.split(`nexushub-dump ${command} s3://backups/`).length, command).toBe(
      command === "restore" ? 4 : 3,
    );
});

describe.skipIf(gateway === null)("docs/object-stores.md", () => {
  const facts = gateway!;
  const folder = temporaryFolder();
  const env: NodeJS.ProcessEnv = {};
  let database: TestDatabase;
  let shop: TestDatabase;
  let bucket: TestBucket;
  beforeAll(async () => {
    database = await freshDatabase();
    shop = await freshDatabase();
    await shop.query(SAMPLE_DATABASE);
    // As the blocks name it.
    bucket = await createBucket(facts, { name: "backups" });
    const bin = join(folder.path, "bin");
    mkdirSync(bin);
    const program = join(inject("built"), "cli", "main.js");
    writeFileSync(
      join(bin, "nexushub-dump"),
      `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`,
      { mode: 0o755 },
    );
    Object.assign(env, outsideVitest(), useKeys(facts), {
      PATH: `${bin}:${process.env["PATH"]}`,
      AWS_ENDPOINT_URL: facts.endpoint,
      DATABASE_URL: database.url,
      PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64"),
      SHOP_KEY: facts.accessKeyId,
      SHOP_SECRET: facts.secretAccessKey,
    });
    await loadNexusHubDemoData(database.url, { auditRows: 500, now: new Date() });
  });
  afterAll(async () => {
    await database?.drop();
    await shop?.drop();
    folder.remove();
  });

  function run(
    program: string,
    args: readonly string[],
    cwd: string,
    more: NodeJS.ProcessEnv = {},
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(program, args, { cwd, env: { ...env, ...more } }, (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`;
        expect(output).not.toContain(facts.secretAccessKey);
        if (error === null) resolve(output);
        else reject(new Error(output, { cause: error }));
      });
    });
  }

  const pasted = blocks.filter(({ note }) => note === "" || (note === "needs age" && HAS_AGE));
  test.each(pasted.map((block, i) => [i + 1, block.section, block] as const))(
    "block %i, %s",
    async (_number, _section, { text }) => {
      const more = text.includes("/shop/") ? { DATABASE_URL: shop.url } : {};
      await run("bash", ["--norc", "-euo", "pipefail", "-c", text], folder.path, more);
      expect(await bucket.uploads()).toBe(0);
    },
  );

  test("the program of an application", async () => {
    const document = readFileSync(join(ROOT, "docs", "object-stores.md"), "utf8");
    const [, code] = /^```ts\n([^]*?)^```$/m.exec(document)!;
    const file = join(folder.path, "application.mts");
    const text = code!
      .replace('"nexushub-dump"', `"${join(ROOT, "src/index.ts")}"`)
      .replace('"nexushub-dump/s3"', `"${join(ROOT, "src/s3.ts")}"`)
      .replace("https://s3.example.com", facts.endpoint);
    writeFileSync(file, text);
    await run(process.execPath, ["--import", "tsx", file], ROOT, { DATABASE_URL: shop.url });
    expect(await bucket.keys("shop/")).toEqual(["shop/monday.tar.gz", "shop/tuesday.tar.gz"]);
  });
});
