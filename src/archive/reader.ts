/**
 * Reads an archive from its end: the trailer says where the manifest is, the manifest where everything else is. Nothing
 * is believed before it is proven: each entry's stored bytes, size, tar header and contents against the manifest, the
 * manifest against the trailer and itself. Entry names are looked up, never used as paths.
 */
import { ArchiveError, throwIfAborted } from "../errors.ts";
import { MAX_MANIFEST_BYTES } from "../limits.ts";
import { memoryOf } from "./weighted-semaphore.ts";
import { checkManifest } from "./format/check-manifest.ts";
import { type Codec, decompress, plausible } from "./format/compression.ts";
import { sha256, sha256InTurns } from "./format/digest.ts";
import type { Manifest, ManifestEntry, ManifestPart, ManifestRelation } from "./format/manifest.ts";
import { MANIFEST_ENTRY } from "./format/entry-names.ts";
import { foreignArchive } from "./format/recognize.ts";
import { type ArchiveOrigin, openSource } from "./storage/source.ts";
import type { ArchiveSource } from "./storage/store.ts";
import { TAR_END_BYTES, entryBytes, openTarEntry } from "./format/tar.ts";
import {
  MAX_TRAILER_BYTES,
  type Trailer,
  decodeTrailer,
  requireFormat,
  trailerBytes,
} from "./format/trailer.ts";

export interface OpenArchiveOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface ReadPartsOptions extends OpenArchiveOptions {
  /** Bytes, stored and inflated, that may be in memory ahead of the consumer; 16 MiB by default. */
  readonly readAhead?: number;
}

/** A part's rows, proven. */
export interface ReadPart {
  readonly part: ManifestPart;
  readonly data: Buffer;
}

export interface ArchiveReader {
  readonly manifest: Manifest;
  /** Bytes of the whole archive. */
  readonly size: number;
  /** How the entries are stored. */
  readonly codec: Codec;
  /** Of `manifestOffset` to the end: proven when the archive was opened. */
  readonly manifestOffset: number;
  /**
   * An entry's contents, proven, by its name or index.
   * @throws ArchiveError naming the entry, only when it is damaged or there is none.
   */
  readEntry(entry: string | number): Promise<Buffer>;
  /** A relation's rows in row order: its parts, read, proven and inflated on other cores ahead of the consumer. */
  readParts(relation: ManifestRelation, options?: ReadPartsOptions): AsyncIterable<Buffer>;
  /** The same for any parts, for instance those of several small relations. */
  readAhead(parts: Iterable<ManifestPart>, options?: ReadPartsOptions): AsyncIterable<ReadPart>;
  close(): Promise<void>;
}

const DEFAULT_READ_AHEAD = 16 * 1024 * 1024;

/**
 * Opens an archive and proves its manifest. Reads a few kilobytes of a file however large it is; a stream is read to
 * its end first, into a temporary file without a name in the folder that `TMPDIR` says.
 * @throws ArchiveError only when it is damaged, cut short, or not an archive of ours; ARCHIVE_UNSUPPORTED when newer.
 */
export async function openArchive(
  origin: ArchiveOrigin,
  options: OpenArchiveOptions = {},
): Promise<ArchiveReader> {
  throwIfAborted(options.signal, "before the archive was opened");
  const source = await openSource(origin, options.signal);
  try {
    return await read(source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

function damaged(object: string, what: string, cause?: unknown): ArchiveError {
  return new ArchiveError(`the ${object} is damaged: ${what}`, { object, cause });
}

async function read(source: ArchiveSource): Promise<ArchiveReader> {
  const end = Math.min(source.size, MAX_TRAILER_BYTES);
  const found = decodeTrailer(await source.read(source.size - end, end));
  if (found === undefined) throw await foreignArchive(source);
  const { trailer, codec } = found;
  const manifest = await readManifest(source, trailer, codec);
  checkManifest(manifest, trailer.manifestOffset);
  checkStorage(manifest, codec);
  return new Reader(source, manifest, trailer.manifestOffset, codec);
}

async function readManifest(
  source: ArchiveSource,
  trailer: Trailer,
  codec: Codec,
): Promise<Manifest> {
  const { manifestOffset, manifestLength, manifestSize } = trailer;
  const stop = source.size - trailerBytes(codec);
  // The end of the tar is a member of a few bytes whichever way it is compressed.
  const tarEnd = stop - manifestOffset - manifestLength;
  if (manifestSize > MAX_MANIFEST_BYTES || tarEnd < 1 || tarEnd > 2 * TAR_END_BYTES) {
    throw damaged("trailer", "it points to no manifest");
  }
  const size = entryBytes(manifestSize);
  if (!plausible(codec, manifestLength, size)) {
    throw damaged("trailer", "the manifest cannot have the size that it says");
  }
  const stored = await source.read(manifestOffset, stop - manifestOffset);
  if (sha256(stored) !== trailer.sha256) throw damaged("manifest", "its checksum differs");
  const member = stored.subarray(0, manifestLength);
  const zeros = await decompress(
    stored.subarray(manifestLength),
    codec,
    TAR_END_BYTES,
    "end of the tar",
  );
  if (zeros.some((byte) => byte !== 0)) throw damaged("end of the tar", "it is not empty");
  const bytes = await decompress(member, codec, size, "manifest");
  return parseManifest(await openTarEntry(bytes, MANIFEST_ENTRY, manifestSize));
}

async function parseManifest(json: Buffer): Promise<Manifest> {
  let value: unknown;
  try {
    value = JSON.parse(json.toString("utf8"));
  } catch (error) {
    throw damaged("manifest", "it is not JSON", error);
  }
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === "number") requireFormat(format);
  const result = format === 1 ? await parseV1(value) : await parseCurrent(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw damaged(
      "manifest",
      `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "it is not valid"}`,
    );
  }
  return result.data;
}

async function parseCurrent(value: unknown) {
  const { manifestSchema } = await import("./format/manifest-schema.ts");
  return manifestSchema.safeParse(value);
}

async function parseV1(value: unknown) {
  const { manifestV1Schema, upgradeManifest } = await import("./format/manifest-v1.ts");
  return manifestV1Schema.transform(upgradeManifest).safeParse(value);
}

/** What the manifest says of the file beyond itself. */
function checkStorage({ entries, options }: Manifest, codec: Codec): void {
  if (options.compression.split(":")[0] !== codec) {
    throw damaged("manifest", "it names another compression than the archive has");
  }
  for (const { name, length, size } of entries) {
    if (!plausible(codec, length, entryBytes(size))) {
      throw damaged("manifest", `${name} cannot have the size that it says`);
    }
  }
}

class Reader implements ArchiveReader {
  readonly manifest: Manifest;
  readonly size: number;
  readonly codec: Codec;
  readonly manifestOffset: number;
  readonly #source: ArchiveSource;
  #byName: Map<string, ManifestEntry> | undefined;

  constructor(source: ArchiveSource, manifest: Manifest, manifestOffset: number, codec: Codec) {
    this.#source = source;
    this.manifest = manifest;
    this.size = source.size;
    this.codec = codec;
    this.manifestOffset = manifestOffset;
  }

  #entry(entry: string | number): ManifestEntry {
    const { entries } = this.manifest;
    this.#byName ??= new Map(entries.map((each) => [each.name, each]));
    const found = typeof entry === "number" ? entries[entry] : this.#byName.get(entry);
    if (found === undefined)
      throw new ArchiveError(`the archive has no entry ${entry}`, { object: String(entry) });
    return found;
  }

  async readEntry(entry: string | number): Promise<Buffer> {
    const { name, offset, length, size, sha256: digest } = this.#entry(entry);
    const stored = await this.#read(name, offset, length);
    if ((await sha256InTurns(stored)) !== digest) {
      throw new ArchiveError(`${name} is damaged: its checksum differs`, { object: name });
    }
    return openTarEntry(await decompress(stored, this.codec, entryBytes(size), name), name, size);
  }

  async #read(name: string, offset: number, length: number): Promise<Buffer> {
    try {
      return await this.#source.read(offset, length);
    } catch (cause) {
      // A bad sector, or whatever a store of the caller's has to say.
      throw new ArchiveError(`${name} cannot be read: ${(cause as Error).message}`, {
        object: name,
        cause,
      });
    }
  }

  async *readParts(relation: ManifestRelation, options?: ReadPartsOptions): AsyncGenerator<Buffer> {
    for await (const { data } of this.readAhead(relation.parts, options)) yield data;
  }

  async *readAhead(
    parts: Iterable<ManifestPart>,
    { signal, readAhead = DEFAULT_READ_AHEAD }: ReadPartsOptions = {},
  ): AsyncGenerator<ReadPart> {
    const queue: { readonly weight: number; readonly read: Promise<ReadPart> }[] = [];
    let ahead = 0;
    try {
      for (const part of parts) {
        const { length, size } = this.#entry(part.entry);
        const weight = memoryOf(length + size);
        while (queue.length > 0 && ahead + weight > readAhead) {
          throwIfAborted(signal, "while reading the archive");
          yield await queue[0]!.read;
          // Only now, when the consumer is done with it.
          ahead -= queue.shift()!.weight;
        }
        const read = this.#readPart(part);
        read.catch(() => {});
        queue.push({ weight, read });
        ahead += weight;
      }
      for (const { read } of queue) {
        throwIfAborted(signal, "while reading the archive");
        yield await read;
      }
    } finally {
      // The source may be closed next.
      await Promise.allSettled(queue.map(({ read }) => read));
    }
  }

  async #readPart(part: ManifestPart): Promise<ReadPart> {
    const { name } = this.#entry(part.entry);
    const data = await this.readEntry(part.entry);
    if ((await sha256InTurns(data)) !== part.sha256) {
      throw new ArchiveError(`${name} is damaged: the checksum of its rows differs`, {
        object: name,
      });
    }
    return { part, data };
  }

  async close(): Promise<void> {
    await this.#source.close();
  }
}
