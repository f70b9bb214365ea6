/** What the operating system reports is shown in plain words, by whatever call it was met. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, open, readFile, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemReason } from "../../../src/util/system-reason.ts";

const folder = await mkdtemp(join(tmpdir(), "system-reason-"));
const file = join(folder, "file");
await writeFile(file, "");

test.each<[string, () => Promise<unknown>, string]>([
  ["no file", () => readFile(join(folder, "none")), "there is no such file or folder"],
  ["a file there", () => mkdir(file), "it is there already"],
  ["a file as a folder", () => readFile(join(file, "x")), "a part of the path is not a folder"],
  ["a folder", () => readFile(folder), "it is a folder"],
  ["a folder in use", () => rmdir(folder), "the folder is not empty"],
  ["a long name", () => open(join(folder, "x".repeat(300))), "the name is too long"],
  [
    "no program",
    () =>
      new Promise((_, reject) => {
        execFile(join(folder, "none"), (error) => reject(error!));
      }),
    "there is no such file or folder",
  ],
])("%s", async (_name, call, reason) => {
  const error = await call().catch((thrown: unknown) => thrown);
  expect(error).toHaveProperty("code");
  expect(systemReason(error)).toBe(reason);
});

test("a code without words of ours has those of the system, without path and call", () => {
  const error = (message: string): Error =>
    Object.assign(new Error(message), { code: message.split(":")[0] });
  expect(systemReason(error("EXDEV: cross-device link not permitted, rename 'a' -> '/b'"))).toBe(
    "cross-device link not permitted",
  );
  expect(systemReason(error("ENXIO: no such device or address, read"))).toBe(
    "no such device or address",
  );
  expect(systemReason(new Error("it holds too many files"))).toBe("it holds too many files");
});
