/** Pairs the rows of two sides: by key, or as a whole where there is no key. In buckets where they exceed memory. */
import { throwIfAborted } from "../errors.ts";
import { Buckets } from "./buckets.ts";
import { eachRow, type KeyOf, spread } from "./rows.ts";
import type { Tally } from "./tally.ts";

/** COPY text of one side that is paired in memory at once. */
export const BUCKET_BYTES = 2 * 1024 * 1024;

/** Rows of one side, as blocks of entire rows. */
export interface Rows {
  readonly blocks: AsyncIterable<Buffer>;
  readonly bytes: number;
}

export interface PairOptions {
  readonly keyOf: KeyOf;
  /** Whether `keyOf` gives a key, and not the entire row. */
  readonly hasKey: boolean;
  readonly tally: Tally;
  readonly signal: AbortSignal | undefined;
}

export async function pairRows(a: Rows, b: Rows, options: PairOptions): Promise<void> {
  const count = Math.ceil(Math.max(a.bytes, b.bytes) / BUCKET_BYTES);
  if (count <= 1) {
    pairInMemory(await concat(a.blocks), await concat(b.blocks), options);
    return;
  }
  const [left, right] = [await Buckets.create(count), await Buckets.create(count)];
  try {
    await fill(left, a.blocks, options.keyOf);
    await fill(right, b.blocks, options.keyOf);
    for (let bucket = 0; bucket < count; bucket++) {
      throwIfAborted(options.signal, "while rows were compared");
      pairInMemory(await left.read(bucket), await right.read(bucket), options);
    }
  } finally {
    await Promise.all([left.close(), right.close()]);
  }
}

async function concat(blocks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const block of blocks) all.push(block);
  return Buffer.concat(all);
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

function pairInMemory(a: Buffer, b: Buffer, { keyOf, hasKey, tally }: PairOptions): void {
  if (hasKey) pairByKey(a, b, keyOf, tally);
  else pairEntireRows(a, b, tally);
}

function pairByKey(a: Buffer, b: Buffer, keyOf: KeyOf, tally: Tally): void {
  /** Offset in `a` of the row with each key. */
  const starts = new Map<string, number>();
  eachRow(a, (start, end) => starts.set(keyOf(a, start, end), start));
  eachRow(b, (start, end) => {
    const key = keyOf(b, start, end);
    const before = starts.get(key);
    if (before === undefined) {
      tally.added({ data: b, start, end });
      return;
    }
    starts.delete(key);
    const beforeEnd = a.indexOf(10, before);
    if (a.compare(b, start, end, before, beforeEnd) !== 0)
      tally.changed({ data: a, start: before, end: beforeEnd }, { data: b, start, end });
  });
  for (const start of starts.values()) tally.removed({ data: a, start, end: a.indexOf(10, start) });
}

/** Equal rows cancel each other, as many times as both sides have them. */
function pairEntireRows(a: Buffer, b: Buffer, tally: Tally): void {
  const starts = new Map<string, number[]>();
  eachRow(a, (start, end) => {
    const row = a.toString("latin1", start, end);
    const same = starts.get(row);
    if (same === undefined) starts.set(row, [start]);
    else same.push(start);
  });
  eachRow(b, (start, end) => {
    if (starts.get(b.toString("latin1", start, end))?.pop() === undefined)
      tally.added({ data: b, start, end });
  });
  for (const same of starts.values())
    for (const start of same) tally.removed({ data: a, start, end: a.indexOf(10, start) });
}
