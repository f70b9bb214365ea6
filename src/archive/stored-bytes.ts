/** Reads members of an archive as they are stored, and compares their checksum on the way. */
import { createHash } from "node:crypto";
import { ArchiveError } from "../errors.ts";
import { sha256InTurns } from "./format/digest.ts";
import type { ManifestEntry } from "./format/manifest.ts";
import { type Allocate, allocate } from "./part-buffers.ts";
import { readFailure } from "./read-failure.ts";
import type { ArchiveSource } from "./storage/store.ts";

export type StoredMember = Pick<ManifestEntry, "name" | "offset" | "length" | "sha256">;

/**
 * Hashed in a fifth of a millisecond. A slice is hashed while the processor has it at hand, and between two the event loop
 * has its turn: other connections wait for us.
 */
const SLICE_BYTES = 256 * 1024;

/** Slices of which nothing is kept. Memory that is used again costs no page of its own each time. */
const freeSlices: Buffer[] = [];

/**
 * The member's bytes.
 * @param take gives the memory for them; they may be a part of it, from its start. Default: new memory.
 * @throws ArchiveError naming the member, only when it is damaged or cannot be read.
 */
export async function readStoredMember(
  source: ArchiveSource,
  member: StoredMember,
  take: Allocate = allocate,
): Promise<Buffer> {
  const { name, length, sha256 } = member;
  if (source.readInto === undefined) {
    const stored = await named(name, () => source.read(member.offset, length));
    requireDigest(name, await sha256InTurns(stored), sha256);
    return stored;
  }
  const stored = take(length).subarray(0, length);
  await checkSlices(source, member, (at, bytes) => stored.subarray(at, at + bytes));
  return stored;
}

/** Compares the member's checksum, and keeps nothing of it. Throws as `readStoredMember` does. */
export async function checkStoredMember(
  source: ArchiveSource,
  member: StoredMember,
): Promise<void> {
  if (source.readInto === undefined) {
    await readStoredMember(source, member);
    return;
  }
  const memory = freeSlices.pop() ?? Buffer.allocUnsafeSlow(SLICE_BYTES);
  try {
    await checkSlices(source, member, (_, bytes) => memory.subarray(0, bytes));
  } finally {
    freeSlices.push(memory);
  }
}

/** Reads the member slice by slice. @param sliceAt gives the memory for as many bytes at an offset of it. */
async function checkSlices(
  source: ArchiveSource,
  { name, offset, length, sha256 }: StoredMember,
  sliceAt: (at: number, bytes: number) => Buffer,
): Promise<void> {
  const hash = createHash("sha256");
  for (let at = 0; at < length; at += SLICE_BYTES) {
    const slice = sliceAt(at, Math.min(SLICE_BYTES, length - at));
    await named(name, () => source.readInto!(slice, offset + at));
    hash.update(slice);
  }
  requireDigest(name, hash.digest("hex"), sha256);
}

function requireDigest(name: string, digest: string, expected: string): void {
  if (digest === expected) return;
  throw new ArchiveError(`${name} is damaged: its checksum differs`, { object: name });
}

/** A failure to read a member gets its name. */
async function named<Value>(name: string, read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (cause) {
    throw readFailure(name, cause);
  }
}
