/**
 * Cuts COPY text into parts. The cuts depend on the rows alone, never on how the bytes were delivered, so equal tables
 * give equal parts.
 */
import { Transform, type TransformCallback } from "node:stream";
import { ArchiveError } from "../errors.ts";
import { DEFAULT_PART_BYTES, MAX_PART_BYTES } from "../limits.ts";
import { PartBuffers } from "./part-buffers.ts";
import { type RowBlock, countRows } from "./rows.ts";

const NEWLINE = 10;

export interface PartCutterOptions {
  /** The most bytes in a part, unless one row is larger. Default: 2 MiB. */
  readonly partBytes?: number;
  /** Memory for the blocks. Pass those of the writer, so that it need not copy. */
  readonly buffers?: PartBuffers;
}

/** Turns COPY text, split anywhere, into `RowBlock`s: as many complete rows as `partBytes` holds, or one larger row. */
export class PartCutter extends Transform {
  readonly #partBytes: number;
  readonly #buffers: PartBuffers;
  #block: Buffer | undefined;
  #used = 0;
  /** The position behind the last complete row in the block. */
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
      for (let at = 0; at < chunk.length;) at += this.#take(chunk, at);
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

  /**
   * Copies bytes of the chunk into the block.
   * @returns the number of bytes taken.
   */
  #take(chunk: Buffer, at: number): number {
    this.#block ??= this.#buffers.take(this.#partBytes);
    let room = this.#limit() - this.#used;
    if (room === 0) {
      this.#makeRoom();
      room = this.#limit() - this.#used;
    }
    // Beyond the usual size only the row that is larger continues, and its end ends the part.
    const isOversized = this.#used >= this.#partBytes;
    const newline = isOversized ? chunk.indexOf(NEWLINE, at) : -1;
    const available = newline === -1 ? chunk.length - at : newline + 1 - at;
    const length = Math.min(available, room);
    const slice = chunk.subarray(at, at + length);
    slice.copy(this.#block, this.#used);
    const lastNewline = slice.lastIndexOf(NEWLINE);
    if (lastNewline !== -1) this.#rowEnd = this.#used + lastNewline + 1;
    this.#used += length;
    if (isOversized && this.#rowEnd === this.#used) this.#cut();
    return length;
  }

  /** The position up to which the block may be filled; its buffer can be larger than a part. */
  #limit(): number {
    const { length } = this.#block!;
    const isOversized = this.#used >= this.#partBytes && this.#rowEnd === 0;
    return isOversized ? length : Math.min(length, this.#partBytes);
  }

  /** Sends the full block's complete rows as a part, or enlarges the block if it holds none. */
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

  /** Sends the block's complete rows as a part. */
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
