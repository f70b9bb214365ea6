import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openPathSink } from "../../../../src/archive/storage/path-sink.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nhd-links-"));
  mkdirSync(join(folder, "shared"));
  chmodSync(join(folder, "shared"), 0o1777);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const NOBODY = 65_534;

test.skipIf(process.getuid?.() !== 0)("another account's link in a shared folder", async () => {
  const link = join(folder, "shared", "out");
  writeFileSync(join(folder, "mine"), "mine");
  symlinkSync(join(folder, "mine"), link);
  // A link of one's own is followed.
  await (await openPathSink(link)).abort();
  lchownSync(link, NOBODY, NOBODY);
  const refusal = { code: "OUTPUT", message: expect.stringContaining("another account") };
  await expect(openPathSink(link)).rejects.toMatchObject(refusal);
  // Neither as a folder on the way.
  rmSync(link);
  mkdirSync(join(folder, "own"));
  symlinkSync(join(folder, "own"), link);
  lchownSync(link, NOBODY, NOBODY);
  await expect(openPathSink(join(link, "file"))).rejects.toMatchObject(refusal);
  // In a folder that only its owner can write to, whoever owns the link was allowed to make it.
  chmodSync(join(folder, "shared"), 0o755);
  await (await openPathSink(join(link, "file"))).abort();
});
