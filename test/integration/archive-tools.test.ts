/** The promise that ordinary tools open an archive: gzip, tar and zstd, where the machine has them. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hasZstd } from "../../src/archive/format/compression.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { smallArchive } from "../support/archives.ts";

const hasZstdTool = spawnSync("zstd", ["--version"]).status === 0;

/** Standard output; fails on any other exit code than 0, and on any word of complaint. */
function quietly(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nhd-tools-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  { compression: "gzip:4", ending: ".gz", tester: "gzip", flag: "-z", here: true },
  {
    compression: "zstd:2",
    ending: ".zst",
    tester: "zstd",
    flag: "--zstd",
    here: hasZstd() && hasZstdTool,
  },
  { compression: "none", ending: "", tester: undefined, flag: undefined, here: true },
])("$compression", ({ compression, ending, tester, flag, here }) => {
  test.skipIf(!here)("is tested, listed and extracted without a warning", async () => {
    const path = join(folder, `archive.tar${ending}`);
    writeFileSync(path, await smallArchive(compression));
    const reader = await openArchive(path);
    const { entries } = reader.manifest;
    const flags = flag === undefined ? [] : [flag];

    if (tester !== undefined) quietly(tester, "-q", "-t", path);
    const listed = quietly("tar", ...flags, "-tf", path)
      .trim()
      .split("\n");
    expect(listed).toEqual([...entries.map(({ name }) => name), "manifest.json"]);
    quietly("tar", ...flags, "-xf", path, "-C", folder);
    for (const { name } of entries) {
      expect(readFileSync(join(folder, name)).equals(await reader.readEntry(name))).toBe(true);
    }
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
    expect(manifest).toEqual(reader.manifest);
    await reader.close();
  });
});
