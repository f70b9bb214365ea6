/**
 * One tar entry in memory: a 512-byte ustar header, the body, zeros up to the next multiple of 512. Nothing here knows
 * what a body holds. Names are ours alone: ASCII and at most 100 bytes, so one header always suffices.
 */
import { type Header, extract, pack } from "tar-stream";
import { ArchiveError, NexushubDumpError } from "../../errors.ts";

export const TAR_BLOCK = 512;
/** What ends a tar: two blocks of zeros. */
export const TAR_END_BYTES = 2 * TAR_BLOCK;
const MODE = 0o600;
/** Where a header says the entry's type, and what it says for a plain file (POSIX, pax, "ustar Interchange Format"). */
const TYPE_AT = 156;
const PLAIN_FILE = 0x30;

/** Bytes of zeros behind a body of `size` bytes. */
export function paddingOf(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
}

/** Bytes of a whole entry: header, body, padding. */
export function entryBytes(size: number): number {
  return TAR_BLOCK + size + paddingOf(size);
}

/**
 * @param mtime in whole seconds since 1970.
 * @throws NexushubDumpError (INTERNAL) only when the name does not fit one header.
 */
export function encodeTarHeader(name: string, size: number, mtime: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const stream = pack();
    stream.once("data", (chunk) => {
      const header = chunk as Buffer;
      // A name that needs more than one header comes with a pax header first, which has another name.
      if (header.toString("latin1", 0, name.length + 1) === `${name}\0`) resolve(header);
      else reject(new NexushubDumpError("INTERNAL", `no tar header can be made for ${name}`));
      // The body goes its own way, so this stream never ends: it is dropped, which is cheaper than destroying it.
    });
    const date = new Date(mtime * 1000);
    stream.entry({ name, size, mode: MODE, uid: 0, gid: 0, mtime: date, type: "file" });
  });
}

/** @returns undefined when the block is not the header of a plain file. */
function decodeHeader(block: Buffer): Promise<Header | undefined> {
  // Anything else tar-stream would read on for, and a block of zeros it would skip.
  if (block[TYPE_AT] !== PLAIN_FILE) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const stream = extract();
    stream.on("entry", (header) => resolve(header));
    stream.on("error", () => resolve(undefined));
    stream.write(block);
  });
}

/**
 * Verifies that `bytes` is exactly one entry of that name and returns its body, as a view.
 * @throws ArchiveError only when it is not.
 */
export async function openTarEntry(bytes: Buffer, name: string, size: number): Promise<Buffer> {
  if (bytes.length !== entryBytes(size)) {
    const what = `it holds ${bytes.length} bytes where ${entryBytes(size)} are declared`;
    throw damagedEntry(name, what);
  }
  await requireHeader(bytes.subarray(0, TAR_BLOCK), name, size);
  requirePadding(bytes.subarray(TAR_BLOCK + size), name);
  return bytes.subarray(TAR_BLOCK, TAR_BLOCK + size);
}

/**
 * The body of an entry whose bytes come in chunks: verifies as `openTarEntry` does, and passes the body on.
 * @param bytes as many as an entry of that size has.
 * @throws ArchiveError only when they are not that entry, perhaps after some chunks; what `bytes` throws.
 */
export async function* tarEntryBody(
  bytes: AsyncIterable<Buffer>,
  name: string,
  size: number,
): AsyncGenerator<Buffer> {
  let header = Buffer.alloc(0);
  let left = size;
  for await (let chunk of bytes) {
    if (header.length < TAR_BLOCK) {
      const missing = TAR_BLOCK - header.length;
      header = Buffer.concat([header, chunk.subarray(0, missing)]);
      chunk = chunk.subarray(missing);
      if (header.length < TAR_BLOCK) continue;
      await requireHeader(header, name, size);
    }
    const body = chunk.subarray(0, left);
    left -= body.length;
    if (body.length > 0) yield body;
    requirePadding(chunk.subarray(body.length), name);
  }
}

function damagedEntry(name: string, what: string): ArchiveError {
  return new ArchiveError(`${name} is damaged: ${what}`, { object: name });
}

async function requireHeader(block: Buffer, name: string, size: number): Promise<void> {
  const header = await decodeHeader(block);
  if (header === undefined) throw damagedEntry(name, "its tar header is broken");
  if (header.name !== name || header.size !== size) {
    throw damagedEntry(name, "its tar header is that of another entry");
  }
}

function requirePadding(bytes: Buffer, name: string): void {
  if (bytes.some((byte) => byte !== 0)) throw damagedEntry(name, "its padding is not empty");
}

/** The header's own statement of the size, for the one entry whose size nothing else declares; undefined when broken. */
export async function declaredTarEntry(
  block: Buffer,
): Promise<{ readonly name: string; readonly size: number } | undefined> {
  const header = await decodeHeader(block);
  return header === undefined ? undefined : { name: header.name, size: header.size };
}
