/** Dumps of what a restore overwrites: encrypted as the configuration says, and the newest three of them. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runCli } from "../support/cli.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

vi.setConfig({ testTimeout: 120_000 });
const folder = temporaryFolder();
const archive = join(folder.path, "shop.tar.gz");
const config = join(folder.path, "dump.toml");
const key = join(folder.path, "key.txt");
const backups = join(folder.path, "backups");
let target: TestDatabase;

beforeAll(async () => {
  target = await freshDatabase();
  await target.query(
    "CREATE TABLE public.notes (note text); INSERT INTO public.notes VALUES ('old')",
  );
  const dumped = await runCli(["dump", "-d", target.url, "-o", archive]);
  expect(dumped.code, dumped.stderr).toBe(0);
  const identity = await generateX25519Identity();
  await writeFile(key, `${identity}\n`);
  const recipient = await identityToRecipient(identity);
  const lines = [`folder = "${backups}"`, "[encryption]", `encrypt-to = ["${recipient}"]`];
  await writeFile(config, lines.join("\n"));
});
afterAll(async () => {
  await target.drop();
  folder.remove();
});

const restored = (...more: string[]) =>
  runCli(["restore", archive, "-d", target.url, "--force", "--backup-first", ...more]);

test("a dump is encrypted to the recipients of the configuration, and goes into its folder", async () => {
  const { code, stderr } = await restored("--config", config);
  expect(code, stderr).toBe(0);
  const names = await readdir(backups);
  expect(names).toEqual([expect.stringMatching(/^before-restore-.+Z\.tar\.gz\.age$/)]);
  const path = join(backups, names[0]!);
  const opened = await runCli(["inspect", path, "--identity", key]);
  expect(opened.code, opened.stderr).toBe(0);
  expect(opened.stdout).toContain("public.notes");
});

test("without recipients it is not, and the newest three of the database stay", async () => {
  const elsewhere = join(folder.path, "elsewhere");
  await mkdir(elsewhere);
  const empty = join(folder.path, "empty.toml");
  await writeFile(empty, "");
  const first = await restored(elsewhere, "--config", empty);
  expect(first.code, first.stderr).toBe(0);
  const [name = ""] = await readdir(elsewhere);
  expect(name).toMatch(/Z\.tar\.gz$/);
  const earlier = [1, 2, 3].map((day) => name.replace(/\d{8}T/, `2026010${day}T`));
  for (const each of [...earlier, "mine.tar.gz"]) await writeFile(join(elsewhere, each), "");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const second = await restored(elsewhere, "--config", empty);
  expect(second.code, second.stderr).toBe(0);
  expect(second.stderr).toContain(
    `removed an older dump of the same database: ${join(elsewhere, earlier[0]!)}`,
  );
  const left = (await readdir(elsewhere)).filter(
    (each) => each !== name && !earlier.includes(each),
  );
  expect(left).toHaveLength(2);
  expect(left).toContain("mine.tar.gz");
  expect(await readdir(elsewhere)).toEqual(expect.arrayContaining([name, earlier[2], ...left]));
  expect(await readdir(elsewhere)).toHaveLength(4);
});

test("a mistake in the configuration is reported before anything is done", async () => {
  const wrong = join(folder.path, "wrong.toml");
  await writeFile(wrong, "foldr = 'x'\n");
  const { code, stderr } = await restored("--config", wrong);
  expect(code).toBe(2);
  expect(stderr).toContain(`${wrong}, line 1: foldr: there is no such setting`);
  expect(stderr).not.toContain("will be overwritten");
});
