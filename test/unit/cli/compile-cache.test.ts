import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { enableCompileCache } from "../../../src/cli/compile-cache.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder();
const { path } = folder;
afterAll(() => folder.remove());

async function folderFor(env: NodeJS.ProcessEnv, command = "dump"): Promise<string | undefined> {
  let chosen: string | undefined;
  await enableCompileCache(env, command, (given) => void (chosen = given));
  return chosen;
}

test("code is cached in the user's own folder, for each command", async () => {
  chmodSync(path, 0o700);
  const folder = join(path, ".cache", "nexushub-dump");
  expect(await folderFor({ HOME: path })).toBe(join(folder, "dump"));
  expect(await folderFor({ HOME: path }, "../../etc")).toBe(join(folder, "help"));
  expect(await folderFor({ HOME: "/nowhere", XDG_CACHE_HOME: path })).toBe(
    join(path, "nexushub-dump", "dump"),
  );
});

test("nothing is cached where others may write, where there is no folder, and where the user says so", async () => {
  chmodSync(path, 0o700);
  expect(await folderFor({ HOME: path, NODE_DISABLE_COMPILE_CACHE: "1" })).toBeUndefined();
  expect(await folderFor({ HOME: path, NODE_COMPILE_CACHE: "/tmp/other" })).toBeUndefined();
  chmodSync(path, 0o770);
  expect(await folderFor({ HOME: path })).toBeUndefined();
  expect(await folderFor({ HOME: join(path, "none") })).toBeUndefined();
  expect(await folderFor({})).toBeUndefined();
});

test.runIf(process.getuid?.() === 0)(
  "nothing is cached for root in the folder of another user",
  async () => {
    const { chownSync } = await import("node:fs");
    chmodSync(path, 0o700);
    chownSync(path, 65534, 65534);
    expect(await folderFor({ HOME: path })).toBeUndefined();
  },
);
