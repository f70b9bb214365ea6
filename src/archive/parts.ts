/**
 * From COPY text to parts: blocks of whole rows. The cuts depend on the rows alone, never on how the bytes were
 * delivered, so equal tables make equal parts. In COPY text every newline byte ends a row (PostgreSQL docs, COPY, "Text
 * Format": a newline in a value is written as \n), so rows are cut and counted without reading them.
 */
import { Transform, type TransformCallback, Writable } from "node:stream";
import { ArchiveError } from "../errors.ts";
import { DEFAULT_PART_BYTES, MAX_PART_BYTES } from "../limits.ts";
import type { ManifestPart } from "./format/manifest.ts";
import { PartBuffers } from "./part-buffers.ts";
import type { ArchiveWriter } from "./writer.ts";

/** Whole rows of COPY text. */
export interface RowBlock {
  readonly data: Buffer;
  readonly rows: number;
}

const NEWLINE = 10;

/** The rows in COPY text: its newline bytes. */
export function countRows(data: Uint8Array): number {
  let rows = 0;
  for (let at = data.indexOf(NEWLINE); at !== -1; at = data.indexOf(NEWLINE, at + 1)) rows++;
  return rows;
}

export interface PartCutterOptions {
  /** What a part holds at most unless one row is larger; 2 MiB by default. */
  readonly partBytes?: number;
  /** Where the blocks' memory comes from: those of the writer that will get them. */
  readonly buffers?: PartBuffers;
}

/**
 * Turns COPY text, cut anywhere, into `RowBlock`s: as many whole rows as `partBytes` holds, or one row that is larger.
 * For sources that know nothing of rows; a source that does can give blocks to a `PartSink` itself.
 */
export class PartCutter extends Transform {
  readonly #partBytes: number;
  readonly #buffers: PartBuffers;
  #block: Buffer | undefined;
  #used = 0;
  /** Just behind the last row end in the block. */
  #rowEnd = 0;

  constructor({
    partBytes = DEFAULT_PART_BYTES,
    buffers = new PartBuffers(partBytes),
  }: PartCutterOptions = {}) {
    super({ readableObjectMode: true, readableHighWaterMark: 1 });
    this.#partBytes = partBytes;
    this.#buffers = buffers;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    try {
      for (let at = 0; at < chunk.length;) at += this.#gather(chunk, at);
      callback();
    } catch (error) {
      callback(error as Error);
    }
  }

  override _flush(callback: TransformCallback): void {
    if (this.#used > this.#rowEnd) {
      callback(new ArchiveError("the COPY text ends within a row"));
      return;
    }
    this.#cut();
    callback();
  }

  /** @returns how many bytes of the chunk were taken. */
  #gather(chunk: Buffer, at: number): number {
    this.#block ??= this.#buffers.take(this.#partBytes);
    let room = this.#limit() - this.#used;
    if (room === 0) {
      this.#makeRoom();
      room = this.#limit() - this.#used;
    }
    // Beyond the usual size only the row that is larger goes on, and its end ends the part.
    const giant = this.#used >= this.#partBytes;
    const newline = giant ? chunk.indexOf(NEWLINE, at) : -1;
    const wanted = newline === -1 ? chunk.length - at : newline + 1 - at;
    const taken = Math.min(wanted, room);
    const piece = chunk.subarray(at, at + taken);
    piece.copy(this.#block, this.#used);
    const last = piece.lastIndexOf(NEWLINE);
    if (last !== -1) this.#rowEnd = this.#used + last + 1;
    this.#used += taken;
    if (giant && this.#rowEnd === this.#used) this.#cut();
    return taken;
  }

  /** Up to where the block may be filled; a taken buffer can be larger than what was asked for. */
  #limit(): number {
    const { length } = this.#block!;
    const giant = this.#used >= this.#partBytes && this.#rowEnd === 0;
    return giant ? length : Math.min(length, this.#partBytes);
  }

  /** The block is full: its whole rows become a part, or, when it holds none, it grows. */
  #makeRoom(): void {
    const block = this.#block!;
    if (this.#rowEnd > 0) {
      const rest = Buffer.from(block.subarray(this.#rowEnd, this.#used));
      this.#cut();
      this.#block = this.#buffers.take(this.#partBytes);
      rest.copy(this.#block);
      this.#used = rest.length;
      return;
    }
    if (block.length >= MAX_PART_BYTES) {
      throw new ArchiveError(`a row is larger than ${MAX_PART_BYTES} bytes`);
    }
    this.#block = this.#buffers.take(Math.min(2 * block.length, MAX_PART_BYTES));
    block.copy(this.#block, 0, 0, this.#used);
    this.#buffers.give(block);
  }

  /** Sends the whole rows of the block. */
  #cut(): void {
    if (this.#block !== undefined && this.#rowEnd > 0) {
      const data = this.#block.subarray(0, this.#rowEnd);
      this.push({ data, rows: countRows(data) } satisfies RowBlock);
      this.#block = undefined;
    }
    this.#used = 0;
    this.#rowEnd = 0;
  }
}

/**
 * The end of one stream of `RowBlock`s: each becomes a part of the relation. Several may write to one archive at once,
 * also for ranges of the same relation. A write is taken when the archive has room for it, and the sink finishes when
 * all its parts are in the archive.
 */
export class PartSink extends Writable {
  /** The parts in the order in which they came; complete after `finish`. */
  readonly parts: ManifestPart[] = [];
  rows = 0;
  bytes = 0;
  readonly #writer: ArchiveWriter;
  readonly #relation: number;
  readonly #pending = new Set<Promise<void>>();

  /** @param relation the `<number>` of `data/<number>/`. */
  constructor(writer: ArchiveWriter, relation: number) {
    super({ objectMode: true, highWaterMark: 1 });
    this.#writer = writer;
    this.#relation = relation;
  }

  override _write(
    block: RowBlock,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    const index = this.parts.length;
    // Holds the place until the part is known.
    this.parts.length++;
    this.rows += block.rows;
    this.bytes += block.data.length;
    const { accepted, part } = this.#writer.addPart(this.#relation, block);
    const stored = part.then((made) => {
      this.parts[index] = made;
      this.#pending.delete(stored);
    });
    stored.catch(() => {});
    this.#pending.add(stored);
    accepted.then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    Promise.all(this.#pending).then(() => callback(), callback);
  }
}
