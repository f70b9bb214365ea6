import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AtomicFile, replaceFile, syncFolder } from "../../../src/util/atomic-file.ts";
import { interceptFiles, systemError } from "../../faults/intercepted-files.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nhd-atomic-"));
  path = join(folder, "file");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a file appears on commit, with its mode whatever the umask", async () => {
  const umask = process.umask(0o077);
  try {
    const file = await AtomicFile.create(path, { mode: 0o644 });
    await file.write(Buffer.from("new"));
    expect(readdirSync(folder)).not.toContain("file");
    await file.commit();
    await file.abort();
  } finally {
    process.umask(umask);
  }
  expect(readdirSync(folder)).toEqual(["file"]);
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o644);
});

test("an abort leaves the old file and nothing else", async () => {
  writeFileSync(path, "old");
  const file = await AtomicFile.create(path);
  await file.write(Buffer.from("new"));
  await file.abort();
  await file.abort();
  expect(readdirSync(folder)).toEqual(["file"]);
  expect(readFileSync(path, "utf8")).toBe("old");
});

test("a replacement that fails leaves nothing behind", async () => {
  mkdirSync(path);
  writeFileSync(join(path, "inside"), "");
  await expect(replaceFile(path, "new", 0o600)).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(["file"]);
});

test("a folder that does not exist cannot be synced", async () => {
  await syncFolder(folder);
  await expect(syncFolder(join(folder, "none"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("says that the new file is there when only its folder could not be synced", async () => {
  writeFileSync(path, "old");
  const stop = await interceptFiles([folder], {
    before: (call) =>
      call.name === "handle.sync" && call.path === folder ? systemError("EIO", call) : undefined,
  });
  try {
    const error = await replaceFile(path, "new", 0o600).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "OUTPUT", object: path });
    expect((error as Error).message).toContain("is written and complete");
    expect((error as { hint: string }).hint).toContain("earlier file");
  } finally {
    stop();
  }
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readdirSync(folder)).toEqual(["file"]);
});

test("a large file that the disk failed to take early does not appear", async () => {
  writeFileSync(path, "old");
  const stop = await interceptFiles([folder], {
    before: (call) => (call.name === "handle.datasync" ? systemError("EIO", call) : undefined),
  });
  try {
    const file = await AtomicFile.create(path);
    await file.write(Buffer.alloc(32 * 1024 * 1024));
    await file.write(Buffer.from("more"));
    await expect(file.commit()).rejects.toMatchObject({ code: "EIO" });
    await file.abort();
  } finally {
    stop();
  }
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["file"]);
});
