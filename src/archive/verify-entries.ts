/** Verifies every entry of an archive without a database, on every core, and names every damaged one. */
import { ArchiveError, isNexushubDumpError, throwIfAborted } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import { freeMemory } from "../util/free-memory.ts";
import { qualified } from "../util/label.ts";
import { WeightedSemaphore } from "./weighted-semaphore.ts";
import { sha256, sha256OfChunks } from "./format/digest.ts";
import type { ManifestEntry, ManifestPart, ManifestRelation } from "./format/manifest.ts";
import { countRows } from "./rows.ts";
import type { RelationPart } from "./format/row-range.ts";
import type { ArchiveReader } from "./reader.ts";
import { defaultConcurrency } from "./concurrency.ts";
import { plural } from "../util/format.ts";

export interface VerifyEntriesOptions {
  readonly signal?: AbortSignal | undefined;
  /** Receives `data` events, at most every 100 ms and one at the end. */
  readonly onProgress?: OnProgress | undefined;
  /** Entries that are verified at the same time. Default: one more than the cores. */
  readonly concurrency?: number;
  /** Entries to verify. Default: all. */
  readonly only?: (entry: ManifestEntry) => boolean;
  /**
   * Entries of which only the stored bytes are compared with their checksum, because the same bytes were verified before.
   * Default: none.
   */
  readonly isKnown?: ((entry: ManifestEntry) => boolean) | undefined;
}

/** An entry that failed verification, and why. */
export interface DamagedEntry {
  readonly entry: string;
  readonly message: string;
  /** The rows that it holds; absent for an entry that holds none. */
  readonly rows?: RelationPart | undefined;
}

/** What was verified. */
export interface VerifiedEntries {
  /** Number of entries that were verified, damaged ones and those of a base included, without the manifest. */
  readonly entries: number;
  /** Their stored bytes. */
  readonly storedBytes: number;
  /** Bytes of COPY text, counted from the data. */
  readonly bytes: number;
  /** Rows, counted from the data. */
  readonly rows: number;
}

/** What the verification of all entries came to. */
export interface VerifyEntriesReport extends VerifiedEntries {
  /** In file order; empty when nothing is damaged. */
  readonly damaged: readonly DamagedEntry[];
}

/** Inflated and stored bytes in memory at once. */
const IN_FLIGHT_BYTES = 24 * 1024 * 1024;
/** Larger entries are verified chunk by chunk: what a megabyte of lies inflates to must not fill the memory. */
const WHOLE_BYTES = 32 * 1024 * 1024;
const PROGRESS_MS = 100;

/**
 * Reads and verifies entries: stored checksum, size, tar header, checksum and number of the rows. Damage is in the
 * report, not thrown.
 * @throws AbortedError when the signal fired; what a missing feature of Node causes.
 */
export async function verifyEntries(
  reader: ArchiveReader,
  options: VerifyEntriesOptions = {},
): Promise<VerifyEntriesReport> {
  const { signal, concurrency = defaultConcurrency(), only = () => true } = options;
  const { relations } = reader.manifest;
  const selected = entriesToVerify(reader).filter(({ entry }) => only(entry));
  const ofRows = selected.filter(({ rows }) => rows !== undefined);
  const totalBytes = ofRows.reduce((sum, { entry }) => sum + entry.size, 0);
  const tally = new Tally(totalBytes, options.onProgress);
  const semaphore = new WeightedSemaphore(IN_FLIGHT_BYTES);

  async function verifyEntry(position: number, each: EntryToVerify): Promise<void> {
    const { holder, index, entry, label, rows: relationPart } = each;
    const { length, size } = entry;
    const isKnown = relationPart !== undefined && options.isKnown?.(entry) === true;
    const weight = isKnown ? length : length + Math.min(size, WHOLE_BYTES);
    await semaphore.take(weight);
    try {
      if (isKnown) {
        await holder.checkStored(index);
        tally.addRows(relationPart.part.rows, size, relationPart.relation);
        return;
      }
      await verifyContents(each);
      if (relationPart === undefined) return;
      tally.addRows(relationPart.part.rows, size, relationPart.relation);
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code !== "ARCHIVE_DAMAGED") throw error;
      tally.damaged.set(position, { entry: label, message: error.message, rows: relationPart });
    } finally {
      tally.storedBytes += length;
      semaphore.give(weight);
    }
  }

  const waiting = selected.entries();
  const failures: unknown[] = [];
  async function work(): Promise<void> {
    try {
      // One iterator for all workers: each takes the next entry.
      for (const [position, each] of waiting) {
        if (failures.length > 0) return;
        throwIfAborted(signal, "while the archive was verified");
        await verifyEntry(position, each);
      }
    } catch (error) {
      failures.push(error);
    }
  }
  // All workers end before the call does, so that the reader may be closed then.
  await Promise.all(Array.from({ length: concurrency }, work));
  if (failures.length > 0) throw failures[0];
  const final = relations.findLast(({ parts }) => parts.length > 0);
  if (final !== undefined && totalBytes > 0) tally.report(final);
  return { entries: selected.length, ...tally.result() };
}

interface EntryToVerify {
  /** The archive that holds it: the one that is verified, or its base. */
  readonly holder: ArchiveReader;
  readonly index: number;
  readonly entry: ManifestEntry;
  /** For the report. */
  readonly label: string;
  /** Undefined for an entry that holds no rows. */
  readonly rows: RelationPart | undefined;
}

/** All entries of the archive, then those of its base that it refers to. */
function entriesToVerify(reader: ArchiveReader): EntryToVerify[] {
  const { entries, relations } = reader.manifest;
  const parts = relations.flatMap((relation) => relation.parts.map((part) => ({ part, relation })));
  const stored = new Map(
    parts.filter(({ part }) => !part.inBase).map((rows) => [rows.part.entry, rows]),
  );
  const inArchive = entries.map((entry, index) => ({
    holder: reader,
    index,
    entry,
    label: entry.name,
    rows: stored.get(index),
  }));
  const inBase = parts
    .filter(({ part }) => part.inBase)
    .map((rows) => {
      const holder = reader.holderOf(rows.part);
      const index = rows.part.entry;
      const entry = holder.manifest.entries[index]!;
      return { holder, index, entry, label: `${entry.name} of the base`, rows };
    })
    .sort((a, b) => a.index - b.index);
  return [...inArchive, ...inBase];
}

/** Sums over the entries, reported as progress. */
class Tally {
  storedBytes = 0;
  readonly damaged = new Map<number, DamagedEntry>();
  readonly #totalBytes: number;
  readonly #onProgress: OnProgress | undefined;
  #bytes = 0;
  #rows = 0;
  #last = performance.now();

  constructor(totalBytes: number, onProgress: OnProgress | undefined) {
    this.#totalBytes = totalBytes;
    this.#onProgress = onProgress;
  }

  addRows(rows: number, bytes: number, relation: ManifestRelation): void {
    this.#rows += rows;
    this.#bytes += bytes;
    if (performance.now() - this.#last >= PROGRESS_MS) this.report(relation);
  }

  report({ namespace, name }: ManifestRelation): void {
    this.#last = performance.now();
    this.#onProgress?.({
      type: "data",
      bytes: this.#bytes,
      totalBytes: this.#totalBytes,
      rows: this.#rows,
      relation: qualified(namespace, name),
    });
  }

  result(): Omit<VerifyEntriesReport, "entries"> {
    return {
      storedBytes: this.storedBytes,
      bytes: this.#bytes,
      rows: this.#rows,
      damaged: [...this.damaged].sort(([a], [b]) => a - b).map(([, entry]) => entry),
    };
  }
}

/** What the contents of an entry are, as COPY text. */
interface Contents {
  readonly sha256: string;
  readonly rows: number;
  /** Whether the last row has its end. */
  readonly isWhole: boolean;
}

/** @throws ArchiveError only when the entry is damaged. */
async function verifyContents({ holder, index, entry, rows }: EntryToVerify): Promise<void> {
  if (rows === undefined) await readThrough(holder.readInChunks(index));
  else requireRows(entry.name, await contentsOf(holder, index, entry), rows.part);
}

async function contentsOf(
  holder: ArchiveReader,
  index: number,
  { size }: ManifestEntry,
): Promise<Contents> {
  if (size <= WHOLE_BYTES) {
    const data = await holder.readEntry(index);
    const contents = { sha256: sha256(data), rows: countRows(data), isWhole: endsRow(data) };
    // Without compression they are the bytes that the source gave.
    if (holder.codec !== "none") freeMemory(data);
    return contents;
  }
  let rows = 0;
  let isWhole = true;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of holder.readInChunks(index)) {
      rows += countRows(chunk);
      isWhole = endsRow(chunk);
      yield chunk;
    }
  }
  return { sha256: await sha256OfChunks(counted()), rows, isWhole };
}

async function readThrough(chunks: AsyncIterable<Buffer>): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

function endsRow(data: Buffer): boolean {
  return data.length === 0 || data[data.length - 1] === 10;
}

/** @throws ArchiveError only when the contents are not those of the part. */
function requireRows(
  name: string,
  { sha256: digest, rows, isWhole }: Contents,
  part: ManifestPart,
): void {
  const damaged = (reason: string): never => {
    throw new ArchiveError(`${name} is damaged: ${reason}`, { object: name });
  };
  if (digest !== part.sha256) damaged("the checksum of its rows differs");
  if (rows !== part.rows)
    damaged(`it holds ${plural(rows, "row")} where the manifest says ${part.rows}`);
  if (!isWhole) damaged("it ends within a row");
}
