import { mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createTemporaryFolder,
  listLeftovers,
  parseTemporaryName,
  removeLeftoversOf,
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
    // Written in another container, where this process's id may belong to something that runs.
    const elsewhere = `.a.tar.gz.${process.pid}-0123456789abcdef.partial`;
    const names = [
      dead,
      alive,
      elsewhere,
      "a.tar.gz",
      ".a.partial",
      ".a.tar.gz.x-00000000.partial",
    ];
    for (const name of names) writeFileSync(join(folder, name), "");
    expect(await listLeftovers(folder, { isLocked: false })).toEqual([join(folder, dead)]);
    const inLocked = await listLeftovers(folder, { isLocked: true });
    expect(inLocked.toSorted()).toEqual([join(folder, dead), join(folder, elsewhere)].toSorted());
    const lastWeek = new Date(Date.now() - 7 * 24 * 3600 * 1000);
    utimesSync(join(folder, elsewhere), lastWeek, lastWeek);
    expect(await listLeftovers(folder, { isLocked: false })).toHaveLength(2);
  });

  test("of one target are removed with the next write to it, whatever it was in between", async () => {
    const dead = 2 ** 22 + 1;
    const kept = [temporaryName("b", dead), temporaryName("a"), "a"];
    const names = [
      temporaryName("a", dead),
      temporaryName(temporaryName("a", dead), dead),
      ...kept,
    ];
    for (const name of names) writeFileSync(join(folder, name), "");
    await removeLeftoversOf(join(folder, "a"));
    expect(readdirSync(folder).toSorted()).toEqual(kept.toSorted());
  });

  test("and folders of killed processes are removed when the next one is created", async () => {
    vi.stubEnv("TMPDIR", folder);
    const first = await createTemporaryFolder();
    const dead = first.replace(`-${process.pid}-`, `-${2 ** 22 + 1}-`);
    renameSync(first, dead);
    writeFileSync(join(dead, "database"), "");
    const [second, third] = [await createTemporaryFolder(), await createTemporaryFolder()];
    expect(readdirSync(folder).toSorted()).toEqual([basename(second), basename(third)].toSorted());
  });

  test.each(["a", "a\nb", ".a.1-00000000.partial", "é"])("tell what %j was to become", (name) => {
    expect(parseTemporaryName(temporaryName(name, 7))).toMatchObject({ name, pid: 7 });
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
