/**
 * Rows spread over buckets in one temporary file without a name, so that each bucket fits in memory however large the
 * table is. A chunk in the file holds whole rows of one bucket.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OutputError } from "../errors.ts";

/** Memory for the chunks that are being filled, all together. */
const FILLING_BYTES = 4 * 1024 * 1024;
const LARGEST_CHUNK = 32 * 1024;

export class Buckets {
  readonly count: number;
  readonly #file: FileHandle;
  readonly #chunkBytes: number;
  readonly #filling: (Buffer | undefined)[] = [];
  readonly #used: number[];
  readonly #chunks: { readonly offset: number; readonly length: number }[][];
  #full: Buffer[] = [];
  #offset = 0;

  private constructor(file: FileHandle, count: number) {
    this.#file = file;
    this.count = count;
    this.#chunkBytes = Math.min(LARGEST_CHUNK, Math.max(1024, Math.floor(FILLING_BYTES / count)));
    this.#used = Array.from({ length: count }, () => 0);
    this.#chunks = Array.from({ length: count }, () => []);
  }

  /** @throws OutputError only when the folder for temporary files takes no file. */
  static async create(count: number): Promise<Buckets> {
    const path = join(tmpdir(), `nexushub-dump-${process.pid}-${randomBytes(8).toString("hex")}`);
    try {
      const file = await open(path, "wx+", 0o600);
      await unlink(path);
      return new Buckets(file, count);
    } catch (cause) {
      throw full(cause);
    }
  }

  /** Adds a row, its line end included. Call `flush` now and then. */
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

  /** Writes what is full. */
  async flush(): Promise<void> {
    const chunks = this.#full;
    if (chunks.length === 0) return;
    this.#full = [];
    let at = this.#offset - chunks.reduce((sum, { length }) => sum + length, 0);
    try {
      for (const chunk of chunks) {
        for (let done = 0; done < chunk.length;) {
          const rest = chunk.length - done;
          const { bytesWritten } = await this.#file.write(chunk, done, rest, at + done);
          done += bytesWritten;
        }
        at += chunk.length;
      }
    } catch (cause) {
      throw full(cause);
    }
  }

  /** After the last row. */
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
      for (let done = 0; done < length;) {
        const { bytesRead } = await this.#file.read(data, at + done, length - done, offset + done);
        if (bytesRead === 0) throw new OutputError("a temporary file became shorter");
        done += bytesRead;
      }
      at += length;
    }
    return data;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function full(cause: unknown): OutputError {
  return new OutputError(`cannot write a temporary file: ${(cause as Error).message}`, {
    object: tmpdir(),
    hint: "set TMPDIR to a folder with more room",
    cause,
  });
}
