/**
 * Compares the rows of one table in two archives. Parts of equal checksums cancel each other; what is left is paired by
 * primary key, bucket by bucket where it is too much for memory. The order of rows does not matter.
 */
import type { ManifestPart, ManifestRelation } from "../archive/format/manifest.ts";
import type { ArchiveReader } from "../archive/reader.ts";
import { throwIfAborted } from "../errors.ts";
import { Buckets } from "./buckets.ts";
import type { RelationDifference } from "./options.ts";
import { eachRow, type KeyOf, keyOf, project, spread } from "./rows.ts";
import { createTally, type Tally } from "./tally.ts";

export interface RelationSide {
  readonly reader: ArchiveReader;
  readonly relation: ManifestRelation;
}

export interface CompareOptions {
  /** Primary key columns that both sides have, else none. */
  readonly key: readonly string[];
  readonly samples: number;
  readonly showValues: boolean;
  readonly signal: AbortSignal | undefined;
}

/** COPY text of one side that is paired in memory at once. */
const BUCKET_BYTES = 2 * 1024 * 1024;

/** What differs; undefined when nothing does. */
export async function compareRelation(
  a: RelationSide,
  b: RelationSide,
  options: CompareOptions,
): Promise<RelationDifference | undefined> {
  const masked = new Set([...a.relation.masked, ...b.relation.masked]);
  const columns = a.relation.columns.filter(
    (name) => !masked.has(name) && b.relation.columns.includes(name),
  );
  const sameColumns = [a, b].every(({ relation }) => String(relation.columns) === String(columns));
  const [restA, restB] = sameColumns
    ? cancel(a.relation.parts, b.relation.parts)
    : [a.relation.parts, b.relation.parts];
  if (restA.length === 0 && restB.length === 0) return undefined;

  const key = options.key.every((name) => columns.includes(name)) ? options.key : [];
  const places = key.map((name) => columns.indexOf(name));
  const tally = createTally(columns, places, {
    samples: options.samples,
    showValues: options.showValues,
    encoding: a.reader.manifest.database.encoding === "UTF8" ? "utf8" : "latin1",
  });
  const blocks = ({ reader, relation }: RelationSide, parts: readonly ManifestPart[]) =>
    canonical(
      reader,
      parts,
      sameColumns ? undefined : columns.map((name) => relation.columns.indexOf(name)),
      options.signal,
    );
  await pairRows(
    { blocks: blocks(a, restA), bytes: bytesOf(restA) },
    { blocks: blocks(b, restB), bytes: bytesOf(restB) },
    { keyOf: keyOf(places), hasKey: key.length > 0, tally, signal: options.signal },
  );
  if (tally.isEmpty()) return undefined;
  const { namespace, name } = a.relation;
  return { namespace, name, key, ...tally.result() };
}

function bytesOf(parts: readonly ManifestPart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Takes out of both lists what the other has as well, by checksum. */
function cancel(
  a: readonly ManifestPart[],
  b: readonly ManifestPart[],
): [ManifestPart[], ManifestPart[]] {
  const counts = new Map<string, number>();
  for (const { sha256 } of b) counts.set(sha256, (counts.get(sha256) ?? 0) + 1);
  const common = new Map<string, number>();
  const restA = a.filter(({ sha256 }) => {
    const left = counts.get(sha256) ?? 0;
    if (left === 0) return true;
    counts.set(sha256, left - 1);
    common.set(sha256, (common.get(sha256) ?? 0) + 1);
    return false;
  });
  const restB = b.filter(({ sha256 }) => {
    const left = common.get(sha256) ?? 0;
    if (left === 0) return true;
    common.set(sha256, left - 1);
    return false;
  });
  return [restA, restB];
}

async function* canonical(
  reader: ArchiveReader,
  parts: readonly ManifestPart[],
  columns: readonly number[] | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  for await (const { data } of reader.readAhead(parts, { signal, readAhead: BUCKET_BYTES }))
    yield columns === undefined ? data : project(data, columns);
}

interface Rows {
  readonly blocks: AsyncIterable<Buffer>;
  readonly bytes: number;
}

interface PairOptions {
  readonly keyOf: KeyOf;
  readonly hasKey: boolean;
  readonly tally: Tally;
  readonly signal: AbortSignal | undefined;
}

async function pairRows(a: Rows, b: Rows, options: PairOptions): Promise<void> {
  const count = Math.ceil(Math.max(a.bytes, b.bytes) / BUCKET_BYTES);
  if (count <= 1) {
    pair(await whole(a.blocks), await whole(b.blocks), options);
    return;
  }
  const [left, right] = [await Buckets.create(count), await Buckets.create(count)];
  try {
    await fill(left, a.blocks, options.keyOf);
    await fill(right, b.blocks, options.keyOf);
    for (let bucket = 0; bucket < count; bucket++) {
      throwIfAborted(options.signal, "while rows were compared");
      pair(await left.read(bucket), await right.read(bucket), options);
    }
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}

async function whole(blocks: AsyncIterable<Buffer>): Promise<Buffer> {
  const gathered: Buffer[] = [];
  for await (const block of blocks) gathered.push(block);
  return Buffer.concat(gathered);
}

async function fill(buckets: Buckets, blocks: AsyncIterable<Buffer>, keyOf: KeyOf): Promise<void> {
  for await (const block of blocks) {
    eachRow(block, (start, end) => {
      buckets.add(spread(keyOf(block, start, end)) % buckets.count, block, start, end + 1);
    });
    await buckets.flush();
  }
  await buckets.finish();
}

/** Pairs rows that are all in memory. */
function pair(a: Buffer, b: Buffer, { keyOf, hasKey, tally }: PairOptions): void {
  if (hasKey) pairByKey(a, b, keyOf, tally);
  else pairWhole(a, b, tally);
}

function pairByKey(a: Buffer, b: Buffer, keyOf: KeyOf, tally: Tally): void {
  /** Where the row of a key begins in `a`. */
  const starts = new Map<string, number>();
  eachRow(a, (start, end) => starts.set(keyOf(a, start, end), start));
  eachRow(b, (start, end) => {
    const key = keyOf(b, start, end);
    const before = starts.get(key);
    if (before === undefined) {
      tally.added(b, start, end);
      return;
    }
    starts.delete(key);
    const beforeEnd = a.indexOf(10, before);
    if (a.compare(b, start, end, before, beforeEnd) !== 0)
      tally.changed(a, before, beforeEnd, b, start, end);
  });
  for (const start of starts.values()) tally.removed(a, start, a.indexOf(10, start));
}

/** Without a key equal rows cancel each other, as many times as both sides have them. */
function pairWhole(a: Buffer, b: Buffer, tally: Tally): void {
  const starts = new Map<string, number[]>();
  eachRow(a, (start, end) => {
    const row = a.toString("latin1", start, end);
    const same = starts.get(row);
    if (same === undefined) starts.set(row, [start]);
    else same.push(start);
  });
  eachRow(b, (start, end) => {
    if (starts.get(b.toString("latin1", start, end))?.pop() === undefined)
      tally.added(b, start, end);
  });
  for (const same of starts.values())
    for (const start of same) tally.removed(a, start, a.indexOf(10, start));
}
