/** The question before an overwrite, on a real terminal: only the database's name lets a restore go on. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { cliArguments } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";

/** util-linux's `script` gives a program a terminal; macOS has another one of that name. */
const HAS_SCRIPT = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;
if (!HAS_SCRIPT)
  process.stderr.write("SKIPPED: no question is answered on a terminal: there is no script(1)\n");

let folder: string;
let archive: string;
let target: TestDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nexushub-terminal-"));
  archive = join(folder, "old.tar.gz");
  target = await freshDatabase();
  await loadNexusHubDemoData(target.url, { auditRows: 50 });
  await dump(target.url, archive);
});
afterAll(async () => {
  await target.drop();
  await rm(folder, { recursive: true, force: true });
});
/** What an overwrite would take away. */
beforeEach(async () => {
  await target.query("DROP TABLE IF EXISTS public.kept; CREATE TABLE public.kept ()");
});
const isKept = async () =>
  (await target.query("SELECT FROM pg_class WHERE relname = 'kept'")).length === 1;

/** Restores on a terminal, and types there once the question is on the screen. */
async function restoreTyping(typed: string): Promise<{ code: number; screen: string }> {
  const args = cliArguments(["restore", archive, "-d", target.url, "--force"]);
  const command = [process.execPath, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, DATABASE_URL: "" },
  });
  const asked = `Type the database's name to overwrite it (${target.name}): `;
  let seen = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const before = seen.includes(asked);
    seen += String(chunk);
    if (!before && seen.includes(asked)) child.stdin.write(typed);
  });
  const [screen, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  expect(screen).toContain(asked);
  return { code: code as number, screen };
}

describe.skipIf(!HAS_SCRIPT)("on a terminal (skipped without script(1))", () => {
  test("shows what will be overwritten, asks, and restores once the name is typed", async () => {
    const { code, screen } = await restoreTyping(`${target.name}\n`);
    expect(code, screen).toBe(0);
    const [shown] = screen.split("Type the database's name");
    expect(shown).toMatch(new RegExp(`database "${target.name}" on .* will be overwritten`));
    expect(shown).toMatch(/it holds \d+ tables with [\d ]+ rows/);
    expect(shown).toContain("its newest audit entry is from 20");
    expect(screen).toContain("restart the API");
    expect(await isKept()).toBe(false);
  });

  test.each([
    ["another name", "postgres\n", 3],
    ["nothing", "\n", 3],
    ["the end of input, Ctrl-D", "\u0004", 3],
    ["Ctrl-C", "\u0003", 130],
  ])("%s changes nothing", async (_name, typed, expected) => {
    const { code, screen } = await restoreTyping(typed);
    expect(code, screen).toBe(expected);
    expect(screen).toContain(
      expected === 3 ? "was not confirmed: nothing was changed" : "interrupted",
    );
    expect(await isKept()).toBe(true);
  });
});
