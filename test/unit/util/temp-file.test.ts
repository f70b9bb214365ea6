import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  listLeftovers,
  parseTemporaryName,
  TemporaryFile,
  temporaryName,
} from "../../../src/util/temp-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nhd-temporary-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe("temporary files", () => {
  test("of processes that are gone are found, others are left alone", async () => {
    // No process has this id: it is above the kernel's largest.
    const dead = temporaryName("a.tar.gz", 2 ** 22 + 1);
    const alive = temporaryName("a.tar.gz", process.pid);
    for (const name of [dead, alive, "a.tar.gz", ".a.partial", ".a.tar.gz.x-00000000.partial"]) {
      writeFileSync(join(folder, name), "");
    }
    expect(await listLeftovers(folder)).toEqual([join(folder, dead)]);
  });

  test.each(["a", "a\nb", ".a.1-00000000.partial", "é"])("tell what %j was to become", (name) => {
    expect(parseTemporaryName(temporaryName(name, 7))).toEqual({ name, pid: 7 });
  });
});

describe("a file without a name", () => {
  test("gives back what was appended, and leaves no trace in the folder", async () => {
    vi.stubEnv("TMPDIR", folder);
    const file = await TemporaryFile.create();
    expect(readdirSync(folder)).toEqual([]);
    await file.append(Buffer.from("one "));
    await file.append(Buffer.from("two"));
    expect(file.size).toBe(7);
    const read = Buffer.alloc(5);
    await file.readInto(read, 2);
    expect(read.toString()).toBe("e two");
    await file.close();
  });

  test("does not read past its end", async () => {
    const file = await TemporaryFile.create();
    await file.append(Buffer.from("one"));
    await expect(file.readInto(Buffer.alloc(4), 0)).rejects.toMatchObject({ code: "OUTPUT" });
    await file.close();
  });

  test("that cannot be created is an OutputError that names TMPDIR", async () => {
    vi.stubEnv("TMPDIR", join(folder, "none"));
    await expect(TemporaryFile.create()).rejects.toMatchObject({
      code: "OUTPUT",
      object: join(folder, "none"),
      hint: expect.stringContaining("TMPDIR"),
    });
  });
});
