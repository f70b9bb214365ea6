/**
 * Writes an archive: entries are compressed several at once and go out in the order in which they came, each its own
 * member, with a digest of what was stored. Bytes in flight are bounded, so a slow sink slows down whoever brings rows.
 */
import { DEFAULT_PART_BYTES } from "../limits.ts";
import { NexushubDumpError } from "../errors.ts";
import { freeMemory } from "../util/free-memory.ts";
import { WeightedSemaphore } from "./weighted-semaphore.ts";
import { defaultConcurrency } from "./concurrency.ts";
import { checkManifest } from "./format/check-manifest.ts";
import { DEFAULT_COMPRESSION, compress, parseCompression } from "./format/compression.ts";
import { sha256, sha256InTurns } from "./format/digest.ts";
import { FORMAT_VERSION } from "./format/version.ts";
import {
  type Manifest,
  type ManifestEntry,
  type ManifestHead,
  type ManifestPart,
} from "./format/manifest.ts";
import { FORMAT_ENTRY, MANIFEST_ENTRY, type TextEntry, dataEntry } from "./format/entry-names.ts";
import { type Allocate, PartBuffers } from "./part-buffers.ts";
import { PartNumbers } from "./part-numbers.ts";
import { manifestJson, manifestMember } from "./manifest-json/write-manifest.ts";
import type { RowBlock } from "./rows.ts";
import type { ArchiveSink } from "./storage/store.ts";
import type { StoredObject, StoredRange } from "../store/folder.ts";
import { TAR_END_BYTES, encodeTarHeader, entryBytes, paddingOf } from "./format/tar.ts";
import { encodeTrailer } from "./format/trailer.ts";
import { Turns } from "./turns.ts";

export interface ArchiveWriterOptions {
  /** The producing tool's version, as the manifest's head will have it. */
  readonly toolVersion: string;
  /** `gzip:LEVEL`, `zstd:LEVEL` or `none`; `gzip:4` by default. */
  readonly compression?: string;
  /** Seconds since 1970 that the tar headers show; 0 by default, as in a reproducible archive. */
  readonly mtime?: number;
  /** Parts compressed at once; one more than the cores by default, at most what Node's thread pool runs. */
  readonly concurrency?: number;
  /** What a part usually holds, in bytes; sizes the buffers and the bytes in flight. */
  readonly partBytes?: number;
}

/** A part on its way. */
export interface AddedPart {
  /** Resolves when the archive has taken the block and another may come. */
  readonly accepted: Promise<void>;
  /** Resolves when the part is in the archive. */
  readonly part: Promise<ManifestPart>;
}

export interface ArchiveWriter {
  /** Memory for the blocks of `addPart`: blocks made in it are not copied again. */
  readonly buffers: PartBuffers;
  /** Adds one of the few text entries. @param body makes it in memory of the writer, where it is not copied again. */
  writeEntry(name: TextEntry, body: (take: Allocate) => Buffer): Promise<void>;
  /** Adds the next part of a relation. The block, and its memory, are the writer's from the call on. */
  addPart(relation: number, block: RowBlock): AddedPart;
  /**
   * Reserves numbers of a relation's parts: those that another archive has, so that its parts can be added with the names
   * that are in their tar headers.
   */
  reserveParts(relation: number, numbers: Iterable<number>): void;
  /**
   * Adds a data entry as another archive of the same compression stores it. Its part number must be reserved.
   * @param bytes the stored member, whose checksum the caller compared.
   * @param from where the member is stored already.
   * @returns the index of the entry, when it is in the archive.
   */
  addStored(entry: StoredEntry, bytes: Buffer, from?: StoredRange): Promise<number>;
  /** Whether members of an archive in this object may be copied inside the store, where they follow each other there too. */
  canCopy(object: StoredObject): boolean;
  /** Adds the last text entries and the manifest, and makes the archive final. All parts must have been accepted before. */
  finish(head: ManifestHead, options?: FinishOptions): Promise<ArchiveResult>;
  /** Gives up: what waits is rejected, and nothing is left of the archive. Does nothing after `finish`. */
  abort(reason: Error): Promise<void>;
}

/** A data entry of another archive. */
export type StoredEntry = Pick<ManifestEntry, "name" | "size" | "sha256">;

/** Gives the same manifest with another `key`. */
export type SealManifest = (manifest: Manifest) => Manifest;

/** Makes text entries that need to know all entries before them. `entries` are the names of these, by index. */
export type LastEntries = (
  head: ManifestHead,
  entries: readonly string[],
) => readonly (readonly [name: TextEntry, body: string])[];

export interface FinishOptions {
  /** Completes the manifest's `key`, which can cover all the rest. */
  readonly seal?: SealManifest | undefined;
  /** What stands between the rows and the manifest, such as a restore script for psql. */
  readonly lastEntries?: LastEntries | undefined;
}

export interface ArchiveResult {
  /** Of the whole archive. */
  readonly bytes: number;
  /** The digest in its trailer, by which a differential archive refers to it. */
  readonly sha256: string;
  readonly manifest: Manifest;
}

/**
 * Begins an archive in a sink from `openSink`. The first entry, which says what the file is, comes by itself.
 * @throws UsageError only when the compression is not one.
 */
export function createArchiveWriter(
  sink: ArchiveSink,
  options: ArchiveWriterOptions,
): ArchiveWriter {
  return new Writer(sink, options);
}

class Writer implements ArchiveWriter {
  readonly buffers: PartBuffers;
  readonly #take: Allocate = (bytes) => this.buffers.take(bytes);
  readonly #sink: ArchiveSink;
  readonly #options: ArchiveWriterOptions;
  readonly #compression;
  readonly #mtime: number;
  readonly #semaphore: WeightedSemaphore;
  /** Places are taken when an entry is begun, and filled when it is written. */
  readonly #entries: (ManifestEntry | undefined)[] = [];
  readonly #partNumbers = new PartNumbers();
  readonly #turns = new Turns((error) => this.#semaphore.fail(error));
  #offset = 0;
  #finished = false;

  constructor(sink: ArchiveSink, options: ArchiveWriterOptions) {
    const { partBytes = DEFAULT_PART_BYTES, concurrency = defaultConcurrency() } = options;
    this.#sink = sink;
    this.#options = options;
    this.#compression = parseCompression(options.compression ?? DEFAULT_COMPRESSION);
    this.#mtime = options.mtime ?? 0;
    this.#semaphore = new WeightedSemaphore(concurrency * partBytes);
    this.buffers = new PartBuffers(partBytes);
    const tool = { name: "nexushub-dump", version: options.toolVersion };
    this.#text(FORMAT_ENTRY, `${JSON.stringify({ format: FORMAT_VERSION, tool })}\n`).catch(
      () => {},
    );
  }

  async writeEntry(name: TextEntry, body: (take: Allocate) => Buffer): Promise<void> {
    await this.#append(name, body(this.#take));
  }

  addPart(relation: number, block: RowBlock): AddedPart {
    const { data, rows } = block;
    const accepted = this.#semaphore.take(data.length);
    const part = accepted.then(async () => {
      try {
        const entry = this.#append(dataEntry(relation, this.#partNumbers.next(relation)), data);
        const [index, digest] = await Promise.all([entry, sha256InTurns(data)]);
        return { entry: index, inBase: false, rows, bytes: data.length, sha256: digest };
      } finally {
        this.buffers.give(data);
        this.#semaphore.give(data.length);
      }
    });
    part.catch(() => {});
    return { accepted, part };
  }

  reserveParts(relation: number, numbers: Iterable<number>): void {
    this.#partNumbers.reserve(relation, numbers);
  }

  async addStored(
    { name, size, sha256: digest }: StoredEntry,
    bytes: Buffer,
    from?: StoredRange,
  ): Promise<number> {
    return this.#enter({ name, size }, Promise.resolve({ bytes, digest, from }));
  }

  canCopy(object: StoredObject): boolean {
    return this.#sink.canCopy?.(object) ?? false;
  }

  #text(name: string, body: string): Promise<number> {
    return this.#append(name, Buffer.from(body));
  }

  async #append(name: string, data: Buffer): Promise<number> {
    const stored = this.#stored(name, data);
    const index = await this.#enter({ name, size: data.length }, stored);
    // Without compression it is the memory of the data, which is used again.
    if (this.#compression.codec !== "none") freeMemory((await stored).bytes);
    return index;
  }

  /** Begins an entry at once; resolves with its index when it is written. */
  async #enter(
    { name, size }: { readonly name: string; readonly size: number },
    stored: Promise<{ bytes: Buffer; digest: string; from?: StoredRange | undefined }>,
  ): Promise<number> {
    const index = this.#entries.length;
    this.#entries.push(undefined);
    await this.#turns.take(stored, ({ bytes, digest, from }) => {
      const entry = { name, offset: this.#offset, length: bytes.length, size };
      this.#entries[index] = { ...entry, sha256: digest };
      return this.#write(bytes, from);
    });
    return index;
  }

  async #stored(name: string, data: Buffer): Promise<{ bytes: Buffer; digest: string }> {
    const bytes = await this.#member(name, data);
    return { bytes, digest: await sha256InTurns(bytes) };
  }

  async #member(name: string, data: Buffer, store = compress): Promise<Buffer> {
    const framed = this.buffers.framed(data);
    const header = await encodeTarHeader(name, data.length, this.#mtime);
    header.copy(framed);
    const end = entryBytes(data.length);
    framed.fill(0, end - paddingOf(data.length), end);
    return store(framed.subarray(0, end), this.#compression);
  }

  async #write(stored: Buffer, from?: StoredRange): Promise<void> {
    this.#offset += stored.length;
    await this.#sink.write(stored, from);
  }

  async finish(head: ManifestHead, options: FinishOptions = {}): Promise<ArchiveResult> {
    const { seal = (manifest) => manifest, lastEntries = () => [] } = options;
    await this.#turns.end();
    const names = this.#entries.map((entry) => entry?.name ?? "");
    await Promise.all(lastEntries(head, names).map(([name, body]) => this.#text(name, body)));
    const manifest = seal({ ...head, entries: this.#entries as ManifestEntry[] });
    const json = manifestJson(manifest, this.#take);
    const compressed = manifestMember(manifest, json.length, this.#compression, (store) =>
      this.#member(MANIFEST_ENTRY, json, store),
    );
    compressed.catch(() => {});
    // Meanwhile the thread pool compresses.
    this.#require(head, manifest);
    const member = await compressed;
    const end = await compress(Buffer.alloc(TAR_END_BYTES), this.#compression);
    const digest = sha256(member, end);
    const trailer = encodeTrailer(
      {
        format: FORMAT_VERSION,
        manifestOffset: this.#offset,
        manifestLength: member.length,
        manifestSize: json.length,
        sha256: digest,
      },
      this.#compression.codec,
    );
    for (const bytes of [member, end, trailer]) await this.#write(bytes);
    await this.#sink.commit();
    this.#finished = true;
    return { bytes: this.#offset, sha256: digest, manifest };
  }

  /** An archive that no reader would accept must not appear. */
  #require(head: ManifestHead, manifest: Manifest): void {
    if (head.tool.version !== this.#options.toolVersion) {
      throw new NexushubDumpError(
        "INTERNAL",
        "the manifest names another version than the archive",
      );
    }
    try {
      checkManifest(manifest, this.#offset);
    } catch (cause) {
      throw new NexushubDumpError("INTERNAL", "the manifest contradicts itself", { cause });
    }
  }

  async abort(reason: Error): Promise<void> {
    if (this.#finished) return;
    this.#turns.fail(reason);
    // The sink first: a write to a stream that nobody reads would never end by itself.
    await this.#sink.abort();
    await this.#turns.end().catch(() => {});
  }
}
