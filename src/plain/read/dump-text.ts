/** The text of a plain dump, decompressed, from wherever an archive can be read. */
import { Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import { readEnd } from "../../archive/read-end.ts";
import type { ArchiveSource } from "../../archive/storage/store.ts";
import { ArchiveError, isNexushubDumpError, throwIfAborted, UsageError } from "../../errors.ts";
import { DUMP_HEADING } from "../dump-marks.ts";

/** What is read here of a source. */
type TextSource = Pick<ArchiveSource, "size" | "read">;

/** How a dump is stored. */
export type DumpCompression = "gzip" | "zstd" | "none";

const READ_BYTES = 256 * 1024;
const CHUNK_BYTES = 256 * 1024;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** The mark of UTF-8 that some editors of Windows write, and that psql skips. */
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** By the first bytes, whatever the file is called. */
export async function compressionOf(source: TextSource): Promise<DumpCompression> {
  const head = await source.read(0, Math.min(source.size, ZSTD_MAGIC.length));
  if (head.subarray(0, 2).equals(GZIP_MAGIC)) return "gzip";
  return head.equals(ZSTD_MAGIC) ? "zstd" : "none";
}

/**
 * The text in chunks.
 * @throws ArchiveError only when the compressed bytes are damaged or cut short; UsageError only for zstd in a Node without it.
 */
export async function* dumpText(source: TextSource, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const compression = await compressionOf(source);
  let isFirst = true;
  for await (const chunk of inflated(source, compression, signal)) {
    throwIfAborted(signal, "while reading the dump");
    const text = isFirst && chunk.subarray(0, 3).equals(BOM) ? chunk.subarray(3) : chunk;
    isFirst = false;
    if (text.length > 0) yield text;
  }
}

async function* stored(source: TextSource, signal?: AbortSignal): AsyncGenerator<Buffer> {
  for (let at = 0; at < source.size; at += READ_BYTES) {
    throwIfAborted(signal, "while reading the dump");
    yield await source.read(at, Math.min(READ_BYTES, source.size - at));
  }
}

async function* inflated(
  source: TextSource,
  compression: DumpCompression,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  if (compression === "none") {
    yield* stored(source, signal);
    return;
  }
  const inflater = createInflater(compression);
  const feeding = pipeline(Readable.from(stored(source, signal)), inflater);
  // The loop below reports it.
  feeding.catch(() => undefined);
  try {
    yield* inflater as AsyncIterable<Buffer>;
    await feeding;
  } catch (error) {
    throw isNexushubDumpError(error) ? error : damaged(compression, error);
  } finally {
    inflater.destroy();
    await feeding.catch(() => undefined);
  }
}

function createInflater(compression: "gzip" | "zstd"): Transform {
  if (compression === "gzip") return zlib.createGunzip({ chunkSize: CHUNK_BYTES });
  const create = (zlib as unknown as Record<string, ((options: object) => Transform) | undefined>)[
    "createZstdDecompress"
  ];
  if (create === undefined) {
    throw new UsageError(
      `the dump is compressed with zstd, which Node ${process.versions.node} cannot read`,
      { hint: "zstd needs Node 22.15 or later; or pass the output of zstdcat as -" },
    );
  }
  return create({ chunkSize: CHUNK_BYTES });
}

function damaged(compression: DumpCompression, cause: unknown): ArchiveError {
  const isShort = (cause as NodeJS.ErrnoException).code === "Z_BUF_ERROR";
  return new ArchiveError(
    isShort
      ? "the dump is cut short: its compressed file ends too early"
      : `the dump is damaged: its ${compression} file cannot be decompressed`,
    { hint: "use another backup", cause },
  );
}

/** Enough of the text to see how it begins. */
const HEAD_BYTES = 64;
const HEADS = [`--\n${DUMP_HEADING}\n`, `--\r\n${DUMP_HEADING}\r\n`];

/**
 * Whether a file is a plain dump of pg_dump, or the beginning of one: by what it holds, not by its name.
 * @throws UsageError only for zstd in a Node without it.
 */
export async function isPlainDump(source: ArchiveSource): Promise<boolean> {
  // An archive may be damaged where its text begins.
  if (await endsLikeArchive(source)) return false;
  let text = "";
  try {
    for await (const chunk of dumpText(source)) {
      text += chunk.toString("latin1", 0, HEAD_BYTES);
      if (text.length >= HEAD_BYTES) break;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    // What comes before the damage tells enough; an archive that is damaged here is none of ours.
  }
  if (HEADS.some((head) => text.startsWith(head))) return true;
  // What a failed pg_dump left: nothing, or less than the heading.
  return (
    source.size > 0 &&
    HEADS.some((head) => head.startsWith(text)) &&
    (await isCompressed(source, text))
  );
}

async function endsLikeArchive(source: ArchiveSource): Promise<boolean> {
  try {
    return (await readEnd(source)) !== undefined;
  } catch (error) {
    if (isNexushubDumpError(error) && error.code.startsWith("ARCHIVE")) return true;
    throw error;
  }
}

async function isCompressed(source: ArchiveSource, text: string): Promise<boolean> {
  return text !== "" || (await compressionOf(source)) !== "none";
}
