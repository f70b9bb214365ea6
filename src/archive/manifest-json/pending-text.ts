/** Text of a batch that is not complete yet, across chunks. Chunks are kept, not copied, until the text is taken. */
export class PendingText {
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Where the text begins, or goes on, in the current chunk; undefined when there is none. */
  #start: number | undefined;

  /** Begins a text at a position in the current chunk, unless one has begun. */
  begin(at: number): void {
    this.#start ??= at;
  }

  /** Bytes of the text up to a position in the current chunk. */
  size(end: number): number {
    return this.#start === undefined ? 0 : this.#bytes + end - this.#start;
  }

  /** Adds what the current chunk has of it. `end` is where the next chunk goes on. */
  append(chunk: Buffer, end: number): void {
    if (this.#start === undefined) return;
    this.#chunks.push(chunk.subarray(this.#start, end));
    this.#bytes += end - this.#start;
    this.#start = 0;
  }

  /** Ends the text at a position in the current chunk. */
  take(chunk: Buffer, end: number): Buffer {
    if (this.#start === undefined) return Buffer.alloc(0);
    const last = chunk.subarray(this.#start, end);
    const text = this.#chunks.length === 0 ? last : Buffer.concat([...this.#chunks, last]);
    this.#chunks = [];
    this.#bytes = 0;
    this.#start = undefined;
    return text;
  }
}
