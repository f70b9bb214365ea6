/** Where the files of a test's own server lie. */
import { existsSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { startEmbedded } from "../../src/testing/index.ts";

const inMemory = existsSync("/dev/shm") ? statfsSync("/dev/shm") : undefined;
const roomy = inMemory !== undefined && inMemory.bavail * inMemory.bsize >= 4 * 1024 ** 3;

it.each([
  [undefined, roomy ? "/dev/shm" : tmpdir()],
  [tmpdir(), tmpdir()],
])("base %s: in %s", async (base, expected) => {
  const server = await startEmbedded({ base });
  try {
    expect(dirname(dirname(server.dataDirectory))).toBe(expected);
  } finally {
    await server.stop();
  }
});
