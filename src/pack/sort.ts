/**
 * Sorts rows of COPY text by their bytes, in bounded memory: sorted runs are written to a temporary file and then merged.
 * For archives whose rows have no order.
 */
import { TemporaryFile } from "../util/temp-file.ts";

/** Bytes of COPY text that are sorted in memory at once. */
const RUN_BYTES = 16 * 1024 * 1024;
/** Bytes of the blocks that are yielded and written. */
const BLOCK_BYTES = 256 * 1024;
const NEWLINE = 10;

/** Sorts blocks of complete rows, and yields blocks of complete rows. */
export async function* sortRows(
  blocks: AsyncIterable<Buffer>,
  runBytes = RUN_BYTES,
): AsyncGenerator<Buffer> {
  let file: TemporaryFile | undefined;
  const runs: { readonly begin: number; readonly end: number }[] = [];
  let gathered: Buffer[] = [];
  let size = 0;
  try {
    for await (const block of blocks) {
      gathered.push(block);
      size += block.length;
      if (size < runBytes) continue;
      file ??= await TemporaryFile.create();
      runs.push({ begin: file.size, end: file.size + size });
      for (const chunk of inBlocks(sorted(gathered))) await file.append(chunk);
      [gathered, size] = [[], 0];
    }
    const last = sorted(gathered);
    if (file === undefined) {
      yield* inBlocks(last);
      return;
    }
    const from = file;
    const ahead = Math.max(64 * 1024, Math.floor(runBytes / runs.length));
    const cursors = runs.map(({ begin, end }) => new Cursor(from, begin, end, ahead));
    for (const cursor of cursors) await cursor.advance();
    yield* merge(cursors, last);
  } finally {
    await file?.close();
  }
}

function sorted(blocks: readonly Buffer[]): Buffer[] {
  const rows: Buffer[] = [];
  for (const block of blocks) {
    for (let start = 0; start < block.length;) {
      const end = block.indexOf(NEWLINE, start) + 1;
      rows.push(block.subarray(start, end));
      start = end;
    }
  }
  return rows.sort((a, b) => Buffer.compare(a, b));
}

function* inBlocks(rows: Iterable<Buffer>): Generator<Buffer> {
  let block: Buffer[] = [];
  let size = 0;
  for (const row of rows) {
    block.push(row);
    size += row.length;
    if (size < BLOCK_BYTES) continue;
    yield Buffer.concat(block);
    [block, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(block);
}

/** Merges sorted runs. @param last the run that is still in memory. */
async function* merge(cursors: readonly Cursor[], last: readonly Buffer[]): AsyncGenerator<Buffer> {
  let block: Buffer[] = [];
  let size = 0;
  let at = 0;
  for (;;) {
    let least: Cursor | undefined;
    let row = last[at];
    for (const cursor of cursors) {
      if (cursor.row === undefined) continue;
      if (row === undefined || Buffer.compare(cursor.row, row) < 0) {
        least = cursor;
        row = cursor.row;
      }
    }
    if (row === undefined) break;
    block.push(row);
    size += row.length;
    if (least === undefined) at++;
    else await least.advance();
    if (size < BLOCK_BYTES) continue;
    yield Buffer.concat(block);
    [block, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(block);
}

/** Reads a run from the file, row by row. */
class Cursor {
  row: Buffer | undefined;
  readonly #file: TemporaryFile;
  readonly #end: number;
  readonly #ahead: number;
  #offset: number;
  #block: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(file: TemporaryFile, begin: number, end: number, ahead: number) {
    this.#file = file;
    this.#offset = begin;
    this.#end = end;
    this.#ahead = ahead;
  }

  async advance(): Promise<void> {
    let end = this.#block.indexOf(NEWLINE, this.#at);
    while (end === -1 && this.#offset < this.#end) {
      const length = Math.min(this.#ahead, this.#end - this.#offset);
      const more = Buffer.allocUnsafeSlow(length);
      await this.#file.readInto(more, this.#offset);
      this.#offset += length;
      // A new block each time, because rows of the old one are still in use.
      this.#block = Buffer.concat([this.#block.subarray(this.#at), more]);
      this.#at = 0;
      end = this.#block.indexOf(NEWLINE);
    }
    if (end === -1) {
      this.row = undefined;
      return;
    }
    this.row = this.#block.subarray(this.#at, end + 1);
    this.#at = end + 1;
  }
}
