/** The scripts of `completion` in the shells that they are for. */
import { execFile, spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const execute = promisify(execFile);
const folder = temporaryFolder();
const scriptOf = (shell: string): string => join(folder.path, `script.${shell}`);
const isMissing = (shell: string): boolean => spawnSync(shell, ["-c", "exit"]).status !== 0;

beforeAll(async () => {
  await mkdir(join(folder.path, "daily backups"));
  await writeFile(join(folder.path, "data'1.tar.gz"), "");
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, stdout, stderr } = await runCli(["completion", shell]);
    expect([code, stderr]).toEqual([0, ""]);
    await writeFile(scriptOf(shell), stdout);
  }
});
afterAll(() => folder.remove());

/** What bash offers for the last of the words, split as bash splits them. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nexushub_dump
    printf '%s\\n' "\${COMPREPLY[@]}"; complete -p nexushub-dump >&2`;
  const args = ["--norc", "-euc", script, scriptOf("bash"), "nexushub-dump", ...words];
  const { stdout, stderr } = await execute("bash", args, { cwd: folder.path });
  expect(stderr).toBe("complete -F _nexushub_dump nexushub-dump\n");
  return stdout.split("\n").filter((line) => line !== "");
}

const PATHS = ["daily backups", "data'1.tar.gz"];

test.skipIf(isMissing("bash")).each<[string, string[], string[]]>([
  ["commands", ["re"], ["restore", "report"]],
  ["options of the program", ["--v"], ["--version"]],
  ["nothing for an unknown command", ["frobnicate", ""], []],
  ["options of a command", ["dump", "--lock-"], ["--lock-timeout", "--lock-days", "--lock-mode"]],
  ["choices of an option", ["dump", "--lock-mode", ""], ["governance", "compliance"]],
  ["choices of a repeatable option", ["dump", "--section", "p"], ["pre-data", "post-data"]],
  ["choices after an equals sign", ["dump", "--lock-mode", "="], ["governance", "compliance"]],
  ["a choice that was begun", ["dump", "--lock-mode", "=", "c"], ["compliance"]],
  ["nothing for a text", ["dump", "--where", ""], []],
  ["files of an option", ["dump", "-o", "da"], PATHS],
  ["folders of an option", ["schedule", "cron", "--folder", "da"], ["daily backups"]],
  ["the file of an operand", ["inspect", "da"], PATHS],
  ["the file after an option with a value", ["inspect", "--identity", "key", "da"], PATHS],
  [
    "the file after such an option with an equals sign",
    ["inspect", "--identity", "=", "key", "da"],
    PATHS,
  ],
  ["the file after the dashes", ["inspect", "--", "da"], PATHS],
  ["nothing after the last operand", ["inspect", "x", "da"], []],
  ["the folder of an operand", ["backup", "da"], ["daily backups"]],
  ["the second operand", ["unpack", "x", "data"], ["data'1.tar.gz"]],
  ["choices of an operand", ["config", ""], ["check", "init"]],
  ["the path after a choice", ["config", "check", "da"], PATHS],
  ["the value that an option may have", ["restore", "--backup-first", "da"], ["daily backups"]],
  ["an option after one without such a value", ["restore", "--backup-first", "--yes", "da"], PATHS],
  ["commands for help", ["help", "und"], ["undelete"]],
])("bash completes %s", async (_what, words, expected) => {
  expect((await offered(...words)).toSorted()).toEqual(expected.toSorted());
});

test.skipIf(isMissing("zsh"))("zsh takes its script", async () => {
  await execute("zsh", ["-f", "-n", scriptOf("zsh")]);
});

test.skipIf(isMissing("fish"))("fish takes its script, and completes with it", async () => {
  const commands = `source ${scriptOf("fish")}; complete -C "nexushub-dump restore --tune o"`;
  const { stdout, stderr } = await execute("fish", ["--no-config", "-c", commands]);
  expect(stderr).toBe("");
  expect(stdout.split("\n").map((line) => line.split("\t", 1)[0])).toEqual(
    expect.arrayContaining(["on", "off"]),
  );
});

test("another shell is a usage error, and JSON has the script in a field", async () => {
  const wrong = await runCli(["completion", "csh"]);
  expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
  expect(wrong.stderr).toContain("Allowed choices are bash, zsh, fish.");
  const { stdout } = await runCli(["completion", "zsh", "--json"]);
  const { script, ...rest } = JSON.parse(stdout) as { script: string };
  expect(rest).toEqual({ version: 1, shell: "zsh" });
  expect(script).toMatch(/^#compdef nexushub-dump\n/);
});
