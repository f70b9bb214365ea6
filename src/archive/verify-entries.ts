/** Verifies every entry of an archive without a database, on every core, and names every damaged one. */
import { ArchiveError, isNexushubDumpError, throwIfAborted } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import { qualified } from "../util/label.ts";
import { WeightedSemaphore } from "./weighted-semaphore.ts";
import { sha256 } from "./format/digest.ts";
import type { ManifestEntry, ManifestPart, ManifestRelation } from "./format/manifest.ts";
import { countRows } from "./rows.ts";
import type { ArchiveReader } from "./reader.ts";
import { defaultConcurrency } from "./writer.ts";

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
}

/** What the verification of all entries came to. */
export interface VerifyEntriesReport {
  /** Number of entries that were verified, damaged ones included, without the manifest. */
  readonly entries: number;
  /** Their stored bytes. */
  readonly storedBytes: number;
  /** Bytes of COPY text, counted from the data. */
  readonly bytes: number;
  /** Rows, counted from the data. */
  readonly rows: number;
  /** In file order; empty when nothing is damaged. */
  readonly damaged: readonly DamagedEntry[];
}

/** Inflated and stored bytes in memory at once. */
const IN_FLIGHT_BYTES = 24 * 1024 * 1024;
const PROGRESS_MS = 100;

/** A part of a relation's rows, which an entry holds. */
interface RelationPart {
  readonly part: ManifestPart;
  readonly relation: ManifestRelation;
}

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
  const { entries, relations } = reader.manifest;
  const selected = [...entries.entries()].filter(([, entry]) => only(entry));
  const parts = partsByEntry(relations);
  const ofRows = selected.filter(([index]) => parts.has(index));
  const totalBytes = ofRows.reduce((sum, [, { size }]) => sum + size, 0);
  const tally = new Tally(totalBytes, options.onProgress);
  const semaphore = new WeightedSemaphore(IN_FLIGHT_BYTES);

  async function verifyEntry(index: number, entry: ManifestEntry): Promise<void> {
    const { name, length, size } = entry;
    const relationPart = parts.get(index);
    const isKnown = relationPart !== undefined && options.isKnown?.(entry) === true;
    const weight = isKnown ? length : length + size;
    await semaphore.take(weight);
    try {
      if (isKnown) {
        await reader.readStored(index);
        tally.addRows(relationPart.part.rows, size, relationPart.relation);
        return;
      }
      const data = await reader.readEntry(index);
      if (relationPart === undefined) return;
      const rows = verifyRows(name, data, relationPart.part);
      tally.addRows(rows, data.length, relationPart.relation);
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code !== "ARCHIVE_DAMAGED") throw error;
      tally.damaged.set(index, { entry: name, message: error.message });
    } finally {
      tally.storedBytes += length;
      semaphore.give(weight);
    }
  }

  const waiting = selected.values();
  const failures: unknown[] = [];
  async function work(): Promise<void> {
    try {
      // One iterator for all workers: each takes the next entry.
      for (const [index, entry] of waiting) {
        if (failures.length > 0) return;
        throwIfAborted(signal, "while the archive was verified");
        await verifyEntry(index, entry);
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

function partsByEntry(relations: readonly ManifestRelation[]): ReadonlyMap<number, RelationPart> {
  const parts = new Map<number, RelationPart>();
  for (const relation of relations)
    for (const part of relation.parts) {
      // The index of a part in the base is that of one of the base's entries.
      if (!part.inBase) parts.set(part.entry, { part, relation });
    }
  return parts;
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

/** @returns the number of rows, counted from the data. */
function verifyRows(name: string, data: Buffer, part: ManifestPart): number {
  const damaged = (reason: string): never => {
    throw new ArchiveError(`${name} is damaged: ${reason}`, { object: name });
  };
  if (sha256(data) !== part.sha256) damaged("the checksum of its rows differs");
  const rows = countRows(data);
  if (rows !== part.rows) damaged(`it holds ${rows} rows where the manifest says ${part.rows}`);
  if (data.length > 0 && data[data.length - 1] !== 10) damaged("it ends within a row");
  return rows;
}
