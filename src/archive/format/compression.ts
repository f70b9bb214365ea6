/**
 * How an entry is stored: one gzip member, one zstd frame, or as it is. Compressing and inflating happen on Node's
 * thread pool, so they use the other cores; that was measured against worker threads, which were no faster and took
 * 60 MB more. The same input gives the same bytes: no time, no name, no operating system is recorded.
 */
import type { Transform } from "node:stream";
import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { ArchiveError, UsageError } from "../../errors.ts";

export type Codec = "gzip" | "zstd" | "none";

/** `gzip:1` to `gzip:9`, `zstd:1` to `zstd:19` where Node has it, or `none`; as `--compression` takes it. */
export interface Compression {
  readonly codec: Codec;
  /** 0 for `none`. */
  readonly level: number;
}

/**
 * The fastest level that stays within a twentieth of what zlib's level 6, pg_dump's default, makes of audit rows, at one
 * and a half times the speed of our own level 6. docs/archive-format.md has the curve.
 */
export const DEFAULT_COMPRESSION = "gzip:4";

interface ZstdOptions {
  readonly params?: Readonly<Record<number, number>>;
  readonly maxOutputLength?: number;
  readonly chunkSize?: number;
}

type Zstd = (
  bytes: Uint8Array,
  options: ZstdOptions,
  done: (error: Error | null, result: Buffer) => void,
) => void;

/** Node has zstd since 22.15; the types here are of an older one. */
function zstdOf(name: "zstdCompress" | "zstdDecompress"): Zstd | undefined {
  return (zlib as unknown as Record<string, Zstd | undefined>)[name];
}

/** Whether this Node can read and write zstd. */
export function hasZstd(): boolean {
  return zstdOf("zstdCompress") !== undefined;
}

const NO_ZSTD_HINT = "zstd needs Node 22.15 or later";

/**
 * @throws UsageError only when the text is not a compression, or is one that this Node lacks.
 */
export function parseCompression(text: string): Compression {
  if (text === "none") return { codec: "none", level: 0 };
  const match = /^(gzip|zstd):(\d{1,2})$/.exec(text);
  const codec = match?.[1] as "gzip" | "zstd" | undefined;
  const level = Number(match?.[2]);
  if (codec === undefined || level < 1 || level > (codec === "gzip" ? 9 : 19)) {
    throw new UsageError(`${text} is not a compression`, {
      hint: "use gzip:1 to gzip:9, zstd:1 to zstd:19, or none",
    });
  }
  if (codec === "zstd" && !hasZstd()) {
    throw new UsageError(`Node ${process.versions.node} cannot compress with zstd`, {
      hint: `${NO_ZSTD_HINT}; use gzip`,
    });
  }
  return { codec, level };
}

/** A trip to the thread pool and back costs about as much as compressing this many bytes. */
const SYNC_BYTES = 4 * 1024;
/** The ID of zstd's compression level parameter, ZSTD_c_compressionLevel (zstd.h). */
const ZSTD_LEVEL = 100;
/** Deflate cannot shrink a run below one bit in 1032 (RFC 1951: 258 bytes for two bits). */
const DEFLATE_MOST = 1032;

const gzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gzip);
const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip);

/** More than any input of that size can become. */
function bound(size: number): number {
  return size + Math.ceil(size / 512) + 256;
}

/** How much of COPY text gzip and zstd leave, mostly, with some to spare. */
const ROOM = { gzip: 0.375, zstd: 0.1875 } as const;

/**
 * What output is made room for at a time, so that mostly one trip to the pool does. Room for the worst case counts as
 * garbage afterwards, and the collector ran a third more often for it.
 */
function outputRoom(size: number, codec: "gzip" | "zstd"): number {
  return Math.ceil(size * ROOM[codec]) + 1024;
}

async function toGzip(bytes: Uint8Array, level: number): Promise<Buffer> {
  const options = { level, memLevel: 9, chunkSize: outputRoom(bytes.length, "gzip") };
  const member =
    bytes.length <= SYNC_BYTES ? zlib.gzipSync(bytes, options) : await gzip(bytes, options);
  // RFC 1952, 2.3: bytes 4 to 7 are the time, 9 is the operating system; 255 is "unknown".
  member.fill(0, 4, 8);
  member[9] = 255;
  return member;
}

/** @returns the stored form of one entry; with `none` the very bytes that were given. */
export async function compress(bytes: Buffer, { codec, level }: Compression): Promise<Buffer> {
  switch (codec) {
    case "none":
      return bytes;
    case "gzip":
      return toGzip(bytes, level);
    case "zstd":
      return promisify(zstdOf("zstdCompress")!)(bytes, {
        params: { [ZSTD_LEVEL]: level },
        chunkSize: outputRoom(bytes.length, codec),
      });
  }
}

/** The stored form of one entry that is not made smaller: the same codec, so that every reader reads it. */
export async function store(bytes: Buffer, { codec }: Compression): Promise<Buffer> {
  switch (codec) {
    case "none":
      return bytes;
    case "gzip":
      return toGzip(bytes, 0);
    case "zstd":
      return rawZstdFrame(bytes);
  }
}

const ZSTD_MAGIC = 0xfd2fb528;
/** One segment, a content size of eight bytes, no checksum (RFC 8878, 3.1.1.1.1). */
const ZSTD_DESCRIPTOR = 0xe0;
const ZSTD_HEADER_BYTES = 13;
/** The most that a block may hold (RFC 8878, 3.1.1.2.4). */
const ZSTD_BLOCK_BYTES = 128 * 1024;

/** A frame of raw blocks (RFC 8878, 3.1.1.2): zstd itself has no level that stores. */
function rawZstdFrame(bytes: Buffer): Buffer {
  const header = Buffer.alloc(ZSTD_HEADER_BYTES);
  header.writeUInt32LE(ZSTD_MAGIC, 0);
  header[4] = ZSTD_DESCRIPTOR;
  header.writeBigUInt64LE(BigInt(bytes.length), 5);
  const blocks: Buffer[] = [header];
  for (let at = 0; at === 0 || at < bytes.length; at += ZSTD_BLOCK_BYTES) {
    const block = bytes.subarray(at, at + ZSTD_BLOCK_BYTES);
    const isLast = at + ZSTD_BLOCK_BYTES >= bytes.length ? 1 : 0;
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | isLast, 0, 3);
    blocks.push(head, block);
  }
  return Buffer.concat(blocks);
}

/**
 * Whether `length` stored bytes can hold exactly `size` bytes: asked before anything is read or made room for, so that
 * a small lie cannot cost much memory. An honest writer never stores more than `bound` says.
 */
export function plausible(codec: Codec, length: number, size: number): boolean {
  if (codec === "none") return length === size;
  return length <= bound(size) && (codec === "zstd" || size <= length * DEFLATE_MOST);
}

/**
 * Inflates exactly `size` bytes, and never more than that into memory.
 * @throws ArchiveError naming `object`, only when the bytes are not the stored form of as many bytes;
 *   UsageError only for zstd in a Node without it.
 */
export async function decompress(
  stored: Buffer,
  codec: Codec,
  size: number,
  object: string,
): Promise<Buffer> {
  const damaged = (cause?: unknown): ArchiveError =>
    new ArchiveError(`${object} is damaged: it does not hold what it declares`, { object, cause });
  if (!plausible(codec, stored.length, size)) throw damaged();
  if (codec === "none") return stored;
  // A few bytes of room above the limit, so that the end is seen without a second buffer.
  const options = { maxOutputLength: size, chunkSize: size + 64 };
  let bytes: Buffer;
  try {
    if (codec === "gzip") {
      bytes = size <= SYNC_BYTES ? zlib.gunzipSync(stored, options) : await gunzip(stored, options);
    } else {
      bytes = await promisify(requireZstd())(stored, options);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw damaged(error);
  }
  if (bytes.length !== size) throw damaged();
  return bytes;
}

/** Larger contents are inflated chunk by chunk where the caller need not have them whole. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Inflates exactly `size` bytes, in chunks, so that little is in memory and a caller can stop.
 * @throws ArchiveError and UsageError as `decompress` does, perhaps after some chunks.
 */
export async function* decompressInChunks(
  stored: Buffer,
  codec: Codec,
  size: number,
  object: string,
): AsyncGenerator<Buffer> {
  if (codec === "none" || size <= CHUNK_BYTES) {
    yield await decompress(stored, codec, size, object);
    return;
  }
  const damaged = (cause?: unknown): ArchiveError =>
    new ArchiveError(`${object} is damaged: it does not hold what it declares`, { object, cause });
  if (!plausible(codec, stored.length, size)) throw damaged();
  const inflater = createInflater(codec);
  inflater.end(stored);
  const chunks = inflater[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let bytes = 0;
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw damaged(error);
      });
      if (next.done === true) break;
      bytes += next.value.length;
      if (bytes > size) throw damaged();
      yield next.value;
    }
  } finally {
    inflater.destroy();
  }
  if (bytes !== size) throw damaged();
}

function createInflater(codec: "gzip" | "zstd"): Transform {
  if (codec === "gzip") return zlib.createGunzip({ chunkSize: CHUNK_BYTES });
  requireZstd();
  const create = (zlib as unknown as Record<string, (options: object) => Transform>)[
    "createZstdDecompress"
  ];
  return create!({ chunkSize: CHUNK_BYTES });
}

function requireZstd(): Zstd {
  const inflate = zstdOf("zstdDecompress");
  if (inflate === undefined) {
    throw new UsageError(
      `the archive is compressed with zstd, which Node ${process.versions.node} cannot read`,
      {
        hint: NO_ZSTD_HINT,
      },
    );
  }
  return inflate;
}
