/**
 * Reads an archive from its end: the trailer locates the manifest, the manifest locates everything else. Everything is
 * verified before it is used: the manifest against the trailer and itself, each entry's stored bytes, size, tar header
 * and contents against the manifest. Entry names are looked up, never used as paths.
 */
import { ArchiveError, NexushubDumpError, throwIfAborted } from "../errors.ts";
import { MAX_UNCHECKED_BYTES } from "../limits.ts";
import { checkBaseParts } from "./base/check-base-parts.ts";
import { findBase } from "./base/find-base.ts";
import { type Codec, decompress, decompressInChunks } from "./format/compression.ts";
import { sha256InTurns, sha256OfChunks } from "./format/digest.ts";
import type {
  Manifest,
  ManifestEntry,
  ManifestPart,
  ManifestRelation,
  StoredManifest,
} from "./format/manifest.ts";
import { foreignArchive } from "./format/recognize.ts";
import { entryBytes, openTarEntry, tarEntryBody } from "./format/tar.ts";
import type { Allocate } from "./part-buffers.ts";
import { type ArchiveEnd, readEnd } from "./read-end.ts";
import { type ReadManifest, readManifest } from "./read-manifest.ts";
import { requireSignature } from "./signing/signature.ts";
import { requiredKeys } from "./signing/signed-archive.ts";
import { type ArchiveOrigin, openSource } from "./storage/source.ts";
import type { ArchiveSource, NearbyArchive } from "./storage/store.ts";
import type { StoredRange } from "../store/folder.ts";
import { checkStoredMember, readStoredMember } from "./stored-bytes.ts";
import { memoryOf } from "./weighted-semaphore.ts";

export interface OpenArchiveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Whether rows will be read; if not, a differential archive is opened without its base. Default: true. */
  readonly rows?: boolean | undefined;
}

export interface ReadPartsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes, stored and decompressed, that may be in memory ahead of the consumer. Default: 16 MiB. */
  readonly readAhead?: number;
}

/** A part's verified rows. */
export interface ReadPart {
  readonly part: ManifestPart;
  readonly data: Buffer;
}

export interface ArchiveReader {
  /** In the current shape, whatever the archive's format. */
  readonly manifest: Manifest;
  /** The manifest as it was written, which is what its MAC and its signature cover. */
  readonly storedManifest: StoredManifest;
  /** The digest in the trailer, by which a differential archive refers to its base. */
  readonly sha256: string;
  /** Size of the whole archive in bytes. */
  readonly size: number;
  /** How the entries are stored. */
  readonly codec: Codec;
  /** Where the manifest's member begins. Everything from there on was verified when the archive was opened. */
  readonly manifestOffset: number;
  /** Name of the file; undefined when there is none. */
  readonly fileName: string | undefined;
  /** The full archive that holds the parts in the base; null where there are none, and without `rows`. */
  readonly base: ArchiveReader | null;
  /**
   * Reads and verifies an entry's contents, by its name or index.
   * @throws ArchiveError naming the entry, only when it is damaged or missing.
   */
  readEntry(entry: string | number): Promise<Buffer>;
  /**
   * The same in chunks, for contents that need not be in memory as a whole. What comes before an error is not verified.
   * @throws ArchiveError naming the entry, only when it is damaged or missing.
   */
  readInChunks(entry: string | number): AsyncIterable<Buffer>;
  /**
   * Reads an entry as it is stored, and compares its checksum.
   * @param take gives the memory for it. Default: new memory.
   * @throws ArchiveError naming the entry, only when it is damaged or missing.
   */
  readStored(entry: string | number, take?: Allocate): Promise<Buffer>;
  /**
   * Compares the checksum of an entry as it is stored.
   * @throws ArchiveError naming the entry, only when it is damaged or missing.
   */
  checkStored(entry: string | number): Promise<void>;
  /** Where an entry is in an object store; undefined when it is elsewhere, or encrypted there. */
  storedAt(entry: number): StoredRange | undefined;
  /** The archive that holds a part: this one, or its base. */
  holderOf(part: ManifestPart): ArchiveReader;
  /**
   * Reads a relation's rows in row order. Parts are read, verified and decompressed on other cores ahead of the consumer.
   * @throws ArchiveError naming the entry, only when it is damaged.
   */
  readParts(relation: ManifestRelation, options?: ReadPartsOptions): AsyncIterable<Buffer>;
  /** Reads any parts in the same way, for instance those of several small relations. */
  readAhead(parts: Iterable<ManifestPart>, options?: ReadPartsOptions): AsyncIterable<ReadPart>;
  close(): Promise<void>;
}

const DEFAULT_READ_AHEAD = 16 * 1024 * 1024;

/**
 * Opens an archive, and the base of a differential one, and verifies their manifests. Of a file it reads the end only. A
 * stream is first copied to a temporary file without a name, in the folder that `TMPDIR` names.
 * @throws ArchiveError only when it is damaged, cut short, or not a nexushub-dump archive; ARCHIVE_UNSUPPORTED when it is
 *   of a newer format; RefusedError (SIGNATURE) when the origin comes from `requireSigned` and no required key signed it;
 *   RefusedError (BASE_MISSING) when its base is not there.
 */
export async function openArchive(
  origin: ArchiveOrigin,
  options: OpenArchiveOptions = {},
): Promise<ArchiveReader> {
  throwIfAborted(options.signal, "before the archive was opened");
  const source = await openSource(origin, options.signal);
  try {
    const end = await readEnd(source);
    if (end === undefined) throw await foreignArchive(source);
    const contents = await readManifest(source, end.trailer, end.codec);
    const keys = requiredKeys(origin);
    if (keys !== undefined) requireSignature(contents.stored, keys);
    const base = options.rows === false ? null : await openBase(source, contents.manifest);
    return new Reader(source, end, contents, base);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** The base with the recorded digest; null when no part is in one. A signature covers the digest, and so the base. */
async function openBase(source: ArchiveSource, manifest: Manifest): Promise<Reader | null> {
  const { base, relations } = manifest;
  if (base === null || !relations.some(({ parts }) => parts.some(({ inBase }) => inBase)))
    return null;
  const nearby = (await source.nearby?.(base)) ?? [];
  const reader = await findBase(base, nearby, (candidate) =>
    openWithDigest(candidate, base.sha256),
  );
  try {
    checkBaseParts(manifest, reader.manifest);
    return reader;
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** @returns undefined for an archive of another digest. */
async function openWithDigest(
  candidate: NearbyArchive,
  sha256: string,
): Promise<Reader | undefined> {
  const source = await openSource(candidate);
  try {
    const end = await readEnd(source);
    if (end === undefined) throw await foreignArchive(source);
    if (end.trailer.sha256 === sha256)
      return new Reader(source, end, await readManifest(source, end.trailer, end.codec), null);
    await source.close();
    return undefined;
  } catch (error) {
    await source.close();
    throw error;
  }
}

class Reader implements ArchiveReader {
  readonly manifest: Manifest;
  readonly storedManifest: StoredManifest;
  readonly sha256: string;
  readonly size: number;
  readonly codec: Codec;
  readonly manifestOffset: number;
  readonly fileName: string | undefined;
  readonly base: Reader | null;
  readonly #source: ArchiveSource;
  #byName: Map<string, ManifestEntry> | undefined;

  constructor(
    source: ArchiveSource,
    { trailer, codec }: ArchiveEnd,
    { manifest, stored }: ReadManifest,
    base: Reader | null,
  ) {
    this.#source = source;
    this.manifest = manifest;
    this.storedManifest = stored;
    this.sha256 = trailer.sha256;
    this.size = source.size;
    this.codec = codec;
    this.manifestOffset = trailer.manifestOffset;
    this.fileName = source.fileName;
    this.base = base;
  }

  #entry(nameOrIndex: string | number): ManifestEntry {
    const { entries } = this.manifest;
    this.#byName ??= new Map(entries.map((each) => [each.name, each]));
    const entry =
      typeof nameOrIndex === "number" ? entries[nameOrIndex] : this.#byName.get(nameOrIndex);
    if (entry === undefined) {
      const object = String(nameOrIndex);
      throw new ArchiveError(`the archive has no entry ${object}`, { object });
    }
    return entry;
  }

  holderOf({ inBase }: ManifestPart): Reader {
    if (!inBase) return this;
    if (this.base !== null) return this.base;
    throw new NexushubDumpError("INTERNAL", "the archive was opened without its base");
  }

  async readStored(nameOrIndex: string | number, take?: Allocate): Promise<Buffer> {
    return readStoredMember(this.#source, this.#entry(nameOrIndex), take);
  }

  async checkStored(nameOrIndex: string | number): Promise<void> {
    await checkStoredMember(this.#source, this.#entry(nameOrIndex));
  }

  storedAt(entry: number): StoredRange | undefined {
    const object = this.#source.stored;
    return object === undefined ? undefined : { object, offset: this.#entry(entry).offset };
  }

  async readEntry(nameOrIndex: string | number): Promise<Buffer> {
    const { name, size } = this.#entry(nameOrIndex);
    const stored = await this.readStored(nameOrIndex);
    return openTarEntry(await decompress(stored, this.codec, entryBytes(size), name), name, size);
  }

  async *readInChunks(nameOrIndex: string | number): AsyncGenerator<Buffer> {
    const { name, size } = this.#entry(nameOrIndex);
    const stored = await this.readStored(nameOrIndex);
    yield* tarEntryBody(decompressInChunks(stored, this.codec, entryBytes(size), name), name, size);
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
        const { length, size } = this.holderOf(part).#entry(part.entry);
        const weight = memoryOf(length + size);
        while (queue.length > 0 && ahead + weight > readAhead) {
          throwIfAborted(signal, "while reading the archive");
          yield await queue[0]!.read;
          // Only now is the consumer done with it.
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
      // The source may be closed next, so no read may be under way.
      await Promise.allSettled(queue.map(({ read }) => read));
    }
  }

  async #readPart(part: ManifestPart): Promise<ReadPart> {
    const holder = this.holderOf(part);
    const { name, size } = holder.#entry(part.entry);
    const compare = (digest: string): void => {
      if (digest === part.sha256) return;
      const message = `${name} is damaged: the checksum of its rows differs`;
      throw new ArchiveError(message, { object: name });
    };
    if (size > MAX_UNCHECKED_BYTES) compare(await sha256OfChunks(holder.readInChunks(part.entry)));
    const data = await holder.readEntry(part.entry);
    compare(await sha256InTurns(data));
    return { part, data };
  }

  async close(): Promise<void> {
    await Promise.all([this.#source.close(), this.base?.close()]);
  }
}
