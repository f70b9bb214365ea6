/**
 * Rows spread over buckets in one temporary file without a name, so that each bucket fits in memory however large the
 * table is. A chunk in the file holds whole rows of one bucket.
 */
import { TemporaryFile } from "../util/temp-file.ts";

/** Memory for all chunks that are being filled. */
const FILLING_BYTES = 4 * 1024 * 1024;
const LARGEST_CHUNK = 32 * 1024;

export class Buckets {
  readonly count: number;
  readonly #file: TemporaryFile;
  readonly #chunkBytes: number;
  readonly #filling: (Buffer | undefined)[] = [];
  readonly #used: number[];
  readonly #chunks: { readonly offset: number; readonly length: number }[][];
  #full: Buffer[] = [];
  #offset = 0;

  private constructor(file: TemporaryFile, count: number) {
    this.#file = file;
    this.count = count;
    this.#chunkBytes = Math.min(LARGEST_CHUNK, Math.max(1024, Math.floor(FILLING_BYTES / count)));
    this.#used = Array.from({ length: count }, () => 0);
    this.#chunks = Array.from({ length: count }, () => []);
  }

  /** @throws OutputError only when the folder for temporary files accepts no file. */
  static async create(count: number): Promise<Buckets> {
    return new Buckets(await TemporaryFile.create(), count);
  }

  /** Adds a row, including its line end. Call `flush` regularly to write what is buffered. */
  add(bucket: number, data: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.#used[bucket]! + length > this.#chunkBytes) this.#finish(bucket);
    if (length > this.#chunkBytes) {
      this.#push(bucket, Buffer.from(data.subarray(start, end)));
      return;
    }
    this.#filling[bucket] ??= Buffer.allocUnsafe(this.#chunkBytes);
    this.#used[bucket]! += data.copy(this.#filling[bucket], this.#used[bucket], start, end);
  }

  #finish(bucket: number): void {
    const chunk = this.#filling[bucket];
    if (chunk === undefined || this.#used[bucket] === 0) return;
    this.#push(bucket, chunk.subarray(0, this.#used[bucket]));
    this.#filling[bucket] = undefined;
    this.#used[bucket] = 0;
  }

  #push(bucket: number, chunk: Buffer): void {
    this.#chunks[bucket]!.push({ offset: this.#offset, length: chunk.length });
    this.#offset += chunk.length;
    this.#full.push(chunk);
  }

  /** Writes the chunks that are full. */
  async flush(): Promise<void> {
    const chunks = this.#full;
    if (chunks.length === 0) return;
    this.#full = [];
    for (const chunk of chunks) await this.#file.append(chunk);
  }

  /** Writes the rest. Call it after the last row. */
  async finish(): Promise<void> {
    for (let bucket = 0; bucket < this.count; bucket++) this.#finish(bucket);
    this.#filling.length = 0;
    await this.flush();
  }

  /** All rows of a bucket. */
  async read(bucket: number): Promise<Buffer> {
    const chunks = this.#chunks[bucket]!;
    const data = Buffer.allocUnsafeSlow(chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const { offset, length } of chunks) {
      await this.#file.readInto(data.subarray(at, at + length), offset);
      at += length;
    }
    return data;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
