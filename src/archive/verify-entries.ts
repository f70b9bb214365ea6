/** Proves a whole archive without a database: every entry, on every core, and every damaged one named. */
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
  /** Gets `data` events, at most every 100 ms and one at the end. */
  readonly onProgress?: OnProgress | undefined;
  /** Entries proven at once; one more than the cores by default. */
  readonly concurrency?: number;
  /** Which entries to prove; all by default. A restore that reads the data anyway proves the others by this. */
  readonly only?: (entry: ManifestEntry) => boolean;
}

export interface DamagedEntry {
  readonly entry: string;
  readonly message: string;
}

export interface VerifyEntriesReport {
  /** Entries that were proven or found damaged, the manifest not counted. */
  readonly entries: number;
  /** Stored bytes of them. */
  readonly storedBytes: number;
  /** Bytes of COPY text, counted from the data. */
  readonly bytes: number;
  /** Rows, counted from the data. */
  readonly rows: number;
  /** In file order; empty when all is well. */
  readonly damaged: readonly DamagedEntry[];
}

/** Inflated and stored bytes in memory at once. */
const IN_FLIGHT_BYTES = 24 * 1024 * 1024;
const PROGRESS_MS = 100;

interface Claim {
  readonly part: ManifestPart;
  readonly relation: ManifestRelation;
}

/**
 * Reads and proves every entry: stored checksum, size, tar header, checksum of the rows, and their number. What is
 * damaged is in the report, not thrown; an abort and a missing feature of Node are thrown.
 */
export async function verifyEntries(
  reader: ArchiveReader,
  options: VerifyEntriesOptions = {},
): Promise<VerifyEntriesReport> {
  const { signal, onProgress, concurrency = defaultConcurrency(), only = () => true } = options;
  const { entries, relations } = reader.manifest;
  const claims = new Map<number, Claim>();
  for (const relation of relations) {
    for (const part of relation.parts) claims.set(part.entry, { part, relation });
  }
  const chosen = [...entries.entries()].filter(([, entry]) => only(entry));
  const totalBytes = chosen.reduce(
    (sum, [index, { size }]) => sum + (claims.has(index) ? size : 0),
    0,
  );
  const damaged = new Map<number, DamagedEntry>();
  const semaphore = new WeightedSemaphore(IN_FLIGHT_BYTES);
  let storedBytes = 0;
  let bytes = 0;
  let rows = 0;
  let last = performance.now();

  async function verifyEntry(index: number, { name, length, size }: ManifestEntry): Promise<void> {
    const claim = claims.get(index);
    await semaphore.take(length + size);
    try {
      const data = await reader.readEntry(index);
      if (claim === undefined) return;
      const counted = verifyRows(name, data, claim.part);
      bytes += data.length;
      rows += counted;
      if (performance.now() - last >= PROGRESS_MS) progress(claim.relation);
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code !== "ARCHIVE_DAMAGED") throw error;
      damaged.set(index, { entry: name, message: error.message });
    } finally {
      storedBytes += length;
      semaphore.give(length + size);
    }
  }

  function progress({ namespace, name }: ManifestRelation): void {
    last = performance.now();
    onProgress?.({ type: "data", bytes, totalBytes, rows, relation: qualified(namespace, name) });
  }

  const waiting = chosen.values();
  const failures: unknown[] = [];
  async function work(): Promise<void> {
    try {
      // One iterator for all: each worker takes the next entry that none has.
      for (const [index, entry] of waiting) {
        if (failures.length > 0) return;
        throwIfAborted(signal, "while the archive was verified");
        await verifyEntry(index, entry);
      }
    } catch (error) {
      failures.push(error);
    }
  }
  // All end before the call does, so that the reader may be closed then.
  await Promise.all(Array.from({ length: concurrency }, work));
  if (failures.length > 0) throw failures[0];
  const final = relations.findLast(({ parts }) => parts.length > 0);
  if (final !== undefined && totalBytes > 0) progress(final);
  return {
    entries: chosen.length,
    storedBytes,
    bytes,
    rows,
    damaged: [...damaged].sort(([a], [b]) => a - b).map(([, entry]) => entry),
  };
}

/** @returns the rows, counted. */
function verifyRows(name: string, data: Buffer, part: ManifestPart): number {
  const lie = (what: string): never => {
    throw new ArchiveError(`${name} is damaged: ${what}`, { object: name });
  };
  if (sha256(data) !== part.sha256) lie("the checksum of its rows differs");
  const rows = countRows(data);
  if (rows !== part.rows) lie(`it holds ${rows} rows where the manifest says ${part.rows}`);
  if (data.length > 0 && data[data.length - 1] !== 10) lie("it ends within a row");
  return rows;
}
