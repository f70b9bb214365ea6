import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { enableCompileCache } from "../../../src/cli/compile-cache.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder();
const { path } = folder;
afterAll(() => folder.remove());

function folderFor(env: NodeJS.ProcessEnv): string | undefined {
  let chosen: string | undefined;
  enableCompileCache(env, { enableCompileCache: (given) => void (chosen = given) });
  return chosen;
}

test("code is cached in the user's own folder", () => {
  chmodSync(path, 0o700);
  expect(folderFor({ HOME: path })).toBe(join(path, ".cache", "nexushub-dump"));
  expect(folderFor({ HOME: "/nowhere", XDG_CACHE_HOME: path })).toBe(join(path, "nexushub-dump"));
});

test("nothing is cached where others may write, where there is no folder, and in older versions of Node.js", () => {
  chmodSync(path, 0o770);
  expect(folderFor({ HOME: path })).toBeUndefined();
  expect(folderFor({ HOME: join(path, "none") })).toBeUndefined();
  expect(folderFor({})).toBeUndefined();
  expect(() => enableCompileCache({ HOME: path }, {})).not.toThrow();
});

test.runIf(process.getuid?.() === 0)(
  "nothing is cached for root in the folder of another user",
  async () => {
    const { chownSync } = await import("node:fs");
    chmodSync(path, 0o700);
    chownSync(path, 65534, 65534);
    expect(folderFor({ HOME: path })).toBeUndefined();
  },
);
