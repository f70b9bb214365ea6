/**
 * Takes the rows out of a COPY TO STDOUT byte stream: strips the protocol's message frames and gathers whole rows into
 * blocks, copying each byte once. The server sends one row per CopyData message (PostgreSQL docs, 55.2.7), so rows are
 * counted without looking at their bytes. Knows nothing of sockets; every split of the input gives the same blocks.
 */

import { checkHeader, COPY_DATA, HEADER_BYTES } from "./frames.ts";

/** Whole rows of COPY text. */
export interface CopyBlock {
  readonly data: Buffer;
  readonly rows: number;
}

export interface DeframerEvents {
  /** Rows are complete; the buffer is the receiver's to keep. */
  readonly onBlock: (block: CopyBlock) => void;
  /**
   * A complete message that is not CopyData, with its frame.
   * @returns false when COPY is over for the deframer: `push` then gives back the bytes that follow.
   */
  readonly onMessage: (code: number, message: Buffer) => boolean;
}

export interface DeframerOptions extends DeframerEvents {
  /** What a block holds at most, in bytes, unless one row is larger. */
  readonly blockBytes: number;
  /** Memory for a block: at least as many bytes, contents unspecified. */
  readonly allocate: (bytes: number) => Buffer;
  /**
   * Rows of consecutive stretches of the result, 0 allowed: no block holds rows of two of them. Rows beyond the last one
   * are cut as if there were none.
   */
  readonly rowCuts?: readonly number[] | undefined;
}

/** What the first block starts with: most tables are small, and a block for each would be most of the memory. */
const FIRST_BYTES = 64 * 1024;
const EMPTY = Buffer.alloc(0);

/**
 * Cuts before the row that would make a block larger than `blockBytes`; only a row that is larger by itself makes a
 * larger block. So cuts depend on the rows alone, not on how the network delivered them.
 */
export class Deframer {
  readonly #options: DeframerOptions;
  #block: Buffer = EMPTY;
  #used = 0;
  #rows = 0;
  #isFirst = true;
  /** Stretches of `rowCuts` that began. */
  #stretches = 0;
  /** Rows to come in the current one. */
  #rowsToCut = 0;
  /** A header that arrived in parts. */
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  /** Bytes of the current message that are still to come. */
  #missing = 0;
  /** The current message when it is not CopyData. */
  #message: Buffer | undefined;
  #messageBytes = 0;

  constructor(options: DeframerOptions) {
    this.#options = options;
    this.#beginStretch();
  }

  #beginStretch(): void {
    const { rowCuts = [] } = this.#options;
    do this.#rowsToCut = rowCuts[this.#stretches++] ?? Infinity;
    while (this.#rowsToCut === 0);
  }

  /**
   * @returns what follows the message that ended the COPY; undefined while it goes on.
   * @throws ConnectionError only when a frame is not PostgreSQL's.
   */
  push(chunk: Buffer): Buffer | undefined {
    let at = 0;
    const end = chunk.length;
    while (at < end) {
      if (this.#missing === 0 && this.#message === undefined) {
        at = this.#readHeader(chunk, at);
        if (this.#headerBytes > 0) return undefined;
      }
      const taken = Math.min(this.#missing, end - at);
      if (this.#message === undefined) {
        chunk.copy(this.#block, this.#used, at, at + taken);
        this.#used += taken;
      } else {
        chunk.copy(this.#message, this.#messageBytes, at, at + taken);
        this.#messageBytes += taken;
      }
      at += taken;
      this.#missing -= taken;
      if (this.#missing === 0 && this.#message !== undefined) {
        const message = this.#message;
        this.#message = undefined;
        if (!this.#options.onMessage(message[0]!, message)) return chunk.subarray(at);
      }
    }
    return undefined;
  }

  /** Hands over the rows gathered so far. */
  flush(): void {
    if (this.#rows > 0)
      this.#options.onBlock({ data: this.#block.subarray(0, this.#used), rows: this.#rows });
    this.#block = EMPTY;
    this.#used = 0;
    this.#rows = 0;
    this.#isFirst = false;
  }

  /** Begins a message, unless its header is not complete. @returns where the header's part in the chunk ends. */
  #readHeader(chunk: Buffer, at: number): number {
    if (this.#headerBytes === 0 && chunk.length - at >= HEADER_BYTES) {
      this.#beginMessage(chunk, at);
      return at + HEADER_BYTES;
    }
    const taken = chunk.copy(this.#header, this.#headerBytes, at);
    this.#headerBytes += taken;
    if (this.#headerBytes === HEADER_BYTES) {
      this.#headerBytes = 0;
      this.#beginMessage(this.#header, 0);
    }
    return at + taken;
  }

  #beginMessage(frame: Buffer, at: number): void {
    const code = frame[at]!;
    const length = frame.readUInt32BE(at + 1);
    checkHeader(code, length);
    this.#missing = length - 4;
    if (code === COPY_DATA) {
      this.#beginRow(this.#missing);
      return;
    }
    this.#message = Buffer.allocUnsafe(1 + length);
    this.#messageBytes = frame.copy(this.#message, 0, at, at + HEADER_BYTES);
  }

  /** Makes room for a row of `length` bytes and counts it. */
  #beginRow(length: number): void {
    const { blockBytes, allocate } = this.#options;
    if (this.#rowsToCut === 0) {
      this.flush();
      this.#beginStretch();
    }
    this.#rowsToCut--;
    if (this.#used + length > blockBytes) this.flush();
    const needed = this.#used + length;
    if (needed > this.#block.length) {
      const size = this.#isFirst
        ? Math.min(blockBytes, Math.max(FIRST_BYTES, 4 * needed))
        : blockBytes;
      const larger = allocate(Math.max(size, needed));
      this.#block.copy(larger, 0, 0, this.#used);
      this.#block = larger;
    }
    this.#rows++;
  }
}
