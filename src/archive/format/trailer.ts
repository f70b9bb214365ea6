/**
 * The last bytes of an archive: where the manifest is, and its digest. Each codec stores the same 72-byte record in
 * something that its tools skip: the extra field of an empty gzip member, a skippable zstd frame, or a block behind the
 * end of the tar. See docs/archive-format.md.
 */
import { crc32 } from "node:zlib";
import { ArchiveError } from "../../errors.ts";
import type { Codec } from "./compression.ts";
import { FORMAT_VERSION } from "./version.ts";
import { TAR_BLOCK } from "./tar.ts";

/** The contents of a trailer; offsets and lengths in stored bytes. */
export interface Trailer {
  /** The archive's format version. */
  readonly format: number;
  readonly manifestOffset: number;
  readonly manifestLength: number;
  /** Size of manifest.json, uncompressed. */
  readonly manifestSize: number;
  /** SHA-256 of every stored byte from the manifest's member up to the trailer, lower-case hex. */
  readonly sha256: string;
}

const MAGIC = "NXHBDUMP";
const RECORD = 72;
const CRC_AT = RECORD - 4;

/** An empty gzip member up to its extra field's data (RFC 1952, 2.3): FEXTRA set, no time, system unknown, ID "ND". */
const GZIP_HEAD = Buffer.from([
  0x1f,
  0x8b,
  8,
  4,
  0,
  0,
  0,
  0,
  0,
  255,
  RECORD + 4,
  0,
  0x4e,
  0x44,
  RECORD,
  0,
]);
/** An empty final deflate block with fixed codes, then CRC-32 and size, both zero. */
const GZIP_TAIL = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
/** A skippable frame's magic number and size, little endian (RFC 8878, 3.1.2). */
const ZSTD_HEAD = Buffer.from([0x5d, 0x2a, 0x4d, 0x18, RECORD, 0, 0, 0]);
const BLOCK_HEAD = Buffer.alloc(TAR_BLOCK - RECORD);

/** What surrounds the record. */
const ENVELOPES: Readonly<Record<Codec, { readonly head: Buffer; readonly tail: Buffer }>> = {
  gzip: { head: GZIP_HEAD, tail: GZIP_TAIL },
  zstd: { head: ZSTD_HEAD, tail: Buffer.alloc(0) },
  none: { head: BLOCK_HEAD, tail: Buffer.alloc(0) },
};

/** Size of the longest trailer. */
export const MAX_TRAILER_BYTES = TAR_BLOCK;

/** Size of the whole trailer. */
export function trailerBytes(codec: Codec): number {
  return ENVELOPES[codec].head.length + RECORD + ENVELOPES[codec].tail.length;
}

export function encodeTrailer(trailer: Trailer, codec: Codec): Buffer {
  const record = Buffer.alloc(RECORD);
  record.write(MAGIC, 0, "latin1");
  record.writeUInt32LE(trailer.format, 8);
  record.writeBigUInt64LE(BigInt(trailer.manifestOffset), 12);
  record.writeBigUInt64LE(BigInt(trailer.manifestLength), 20);
  record.writeBigUInt64LE(BigInt(trailer.manifestSize), 28);
  record.write(trailer.sha256, 36, "hex");
  record.writeUInt32LE(crc32(record.subarray(0, CRC_AT)), CRC_AT);
  const { head, tail } = ENVELOPES[codec];
  return Buffer.concat([head, record, tail]);
}

/**
 * Reads a trailer from the last bytes of a file.
 * @returns undefined when they are not a complete trailer of any codec.
 * @throws ArchiveError (ARCHIVE_UNSUPPORTED) only when it is complete and of a newer format.
 */
export function decodeTrailer(end: Buffer): { trailer: Trailer; codec: Codec } | undefined {
  for (const codec of ["gzip", "zstd", "none"] as const) {
    const length = trailerBytes(codec);
    if (end.length < length) continue;
    const frame = end.subarray(end.length - length);
    const { head, tail } = ENVELOPES[codec];
    const record = frame.subarray(head.length, head.length + RECORD);
    if (!frame.subarray(0, head.length).equals(head)) continue;
    if (!frame.subarray(head.length + RECORD).equals(tail)) continue;
    if (record.toString("latin1", 0, MAGIC.length) !== MAGIC) continue;
    if (record.readUInt32LE(CRC_AT) !== crc32(record.subarray(0, CRC_AT))) continue;
    const format = record.readUInt32LE(8);
    if (format === 0) continue;
    requireFormat(format);
    return {
      codec,
      trailer: {
        format,
        manifestOffset: Number(record.readBigUInt64LE(12)),
        manifestLength: Number(record.readBigUInt64LE(20)),
        manifestSize: Number(record.readBigUInt64LE(28)),
        sha256: record.toString("hex", 36, CRC_AT),
      },
    };
  }
  return undefined;
}

/** @throws ArchiveError (ARCHIVE_UNSUPPORTED) only when the version is newer than this package reads. */
export function requireFormat(version: number): void {
  if (version > FORMAT_VERSION) {
    throw new ArchiveError(
      `the archive has format version ${version}, and this nexushub-dump reads up to version ${FORMAT_VERSION}`,
      { hint: "use a newer nexushub-dump" },
      "ARCHIVE_UNSUPPORTED",
    );
  }
}
