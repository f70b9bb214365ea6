/** The manual page in the programs that show it. */
import { spawnSync } from "node:child_process";
import { writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manPage } from "../../scripts/man-page/man-page.ts";
import { createProgram } from "../../src/cli/program.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const folder = temporaryFolder();
const path = join(folder.path, "nexushub-dump.1");
const isMissing = (program: string): boolean => spawnSync(program, ["--version"]).status !== 0;

beforeAll(() => {
  const documentation = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
  writeFileSync(
    path,
    manPage(
      createProgram({}, async () => {}),
      documentation,
    ),
  );
});
afterAll(() => folder.remove());

test.skipIf(isMissing("groff")).each(["utf8", "ascii"])("groff warns of nothing: %s", (device) => {
  const { stdout, stderr, status } = spawnSync("groff", ["-man", "-ww", `-T${device}`, path]);
  expect([status, String(stderr)]).toEqual([0, ""]);
  expect(String(stdout)).toContain("restore an archive, in one transaction");
});

test.skipIf(isMissing("man"))("man shows it", () => {
  const env = { ...process.env, MANPAGER: "cat", MANWIDTH: "100", LC_ALL: "C.UTF-8" };
  const { stdout, stderr, status } = spawnSync("man", ["--warnings", "-l", path], { env });
  expect([status, String(stderr)]).toEqual([0, ""]);
  expect(String(stdout)).toMatch(/--database-url <url>/);
});
