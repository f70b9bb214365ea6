/** Damage by accident: every byte of an archive is flipped and every end cut off, and each time it is refused by name. */
import { describe, expect, test } from "vitest";
import { hasZstd } from "../../src/archive/format/compression.ts";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { verifyEntries } from "../../src/archive/verify-entries.ts";
import { isNexushubDumpError } from "../../src/errors.ts";
import { MemoryStore, smallArchive } from "../support/archives.ts";

/** What opening and verifying report as damaged; undefined when nothing is. */
async function damageIn(bytes: Buffer): Promise<string[] | undefined> {
  try {
    const reader = await openArchive(new MemoryStore(bytes));
    const { damaged } = await verifyEntries(reader);
    return damaged.length === 0 ? undefined : damaged.map(({ entry }) => entry);
  } catch (error) {
    if (!isNexushubDumpError(error)) throw error;
    expect(error.code).toBe("ARCHIVE_DAMAGED");
    return [error.object ?? ""];
  }
}

/** The name of the part of the file in which a byte lies, as errors say it. */
function partAt(manifest: Manifest, manifestOffset: number, at: number): string {
  const entry = manifest.entries.find(({ offset, length }) => at >= offset && at < offset + length);
  if (entry !== undefined) return entry.name;
  return at >= manifestOffset ? "manifest or trailer" : "";
}

describe.each(["gzip:4", "none", ...(hasZstd() ? ["zstd:2"] : [])])("%s", (compression) => {
  test("one flipped bit anywhere is found and named", async () => {
    const bytes = await smallArchive(compression);
    const { manifest, manifestOffset } = await openArchive(new MemoryStore(bytes));
    expect(await damageIn(bytes)).toBeUndefined();
    // Archives that are not compressed are long and mostly zeros.
    const step = compression === "none" ? 3 : 1;
    for (let at = 0; at < bytes.length; at += step) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << (at % 8);
      const found = await damageIn(damaged);
      const part = partAt(manifest, manifestOffset, at);
      if (part === "manifest or trailer") expect(["manifest", "trailer"]).toContain(found?.[0]);
      else expect(found).toEqual([part]);
    }
  });

  test("a cut anywhere is found", async () => {
    const bytes = await smallArchive(compression);
    for (let length = 0; length < bytes.length; length++) {
      const found = await damageIn(bytes.subarray(0, length));
      expect(found).toHaveLength(1);
      // What is too short to hold the first header looks like any other file.
      if (compression === "none" && length >= 512) expect(found).toEqual(["trailer"]);
    }
    const half = bytes.subarray(0, Math.floor(bytes.length / 2));
    expect(await damageIn(half)).toEqual(["trailer"]);
  });

  test("bytes put in or taken out anywhere are found", async () => {
    const bytes = await smallArchive(compression);
    for (let at = 0; at <= bytes.length; at += 17) {
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
      expect(await damageIn(Buffer.concat([before, Buffer.alloc(1), after]))).toBeDefined();
      if (at < bytes.length)
        expect(await damageIn(Buffer.concat([before, after.subarray(1)]))).toBeDefined();
    }
  });

  test("two archives one behind the other are refused or are the second, never a mixture", async () => {
    const bytes = await smallArchive(compression);
    expect(await damageIn(Buffer.concat([bytes, bytes]))).toBeDefined();
  });
});
