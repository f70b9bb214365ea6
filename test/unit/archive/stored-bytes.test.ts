/** Members are read as they are stored, in slices where the source allows it, and their checksum is compared. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sha256 } from "../../../src/archive/format/digest.ts";
import { openSource } from "../../../src/archive/storage/source.ts";
import type { ArchiveSource } from "../../../src/archive/storage/store.ts";
import {
  checkStoredMember,
  readStoredMember,
  type StoredMember,
} from "../../../src/archive/stored-bytes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Some slices, and a part of one. */
const BYTES = Buffer.from(Array.from({ length: 700_001 }, (_, i) => (i * i) % 251));
const OFFSET = 1000;
const member: StoredMember = {
  name: "data/0001",
  offset: OFFSET,
  length: BYTES.length - OFFSET,
  sha256: sha256(BYTES.subarray(OFFSET)),
};

const path = join(folder.path, "archive");
writeFileSync(path, BYTES);
const sources: readonly (readonly [string, () => Promise<ArchiveSource>])[] = [
  ["a file", () => openSource(path)],
  ["bytes", () => openSource(BYTES)],
];

describe.each(sources)("%s", (_what, open) => {
  test("gives the bytes", async () => {
    const source = await open();
    expect((await readStoredMember(source, member)).equals(BYTES.subarray(OFFSET))).toBe(true);
    await checkStoredMember(source, member);
    await source.close();
  });

  test("that are damaged are an error that names the member", async () => {
    const source = await open();
    const damaged = { ...member, sha256: sha256(BYTES) };
    const error = { code: "ARCHIVE_DAMAGED", object: "data/0001" };
    await expect(readStoredMember(source, damaged)).rejects.toMatchObject(error);
    await expect(checkStoredMember(source, damaged)).rejects.toMatchObject(error);
    await source.close();
  });

  test("that end too early are an error", async () => {
    const source = await open();
    const long = { ...member, length: member.length + 1 };
    await expect(readStoredMember(source, long)).rejects.toThrow();
    await expect(checkStoredMember(source, long)).rejects.toThrow();
    await source.close();
  });
});

test("a file is read into memory that is used again", async () => {
  const source = await openSource(path);
  const memory = Buffer.alloc(BYTES.length);
  const stored = await readStoredMember(source, member, () => memory);
  expect(stored.buffer).toBe(memory.buffer);
  expect(stored.equals(BYTES.subarray(OFFSET))).toBe(true);
  await source.close();
});
