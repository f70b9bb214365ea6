/** Holds transfers to a number of bytes per second, all of one limiter together. */
import { setTimeout as sleep } from "node:timers/promises";

const CHUNK_BYTES = 64 * 1024;

export class RateLimit {
  readonly #bytesPerMs: number;
  /** When what was let through so far is paid for, by `performance.now()`. */
  #freeAt = 0;

  constructor(bytesPerSecond: number) {
    this.#bytesPerMs = bytesPerSecond / 1000;
  }

  /** Resolves when so many bytes may go. */
  async wait(bytes: number, signal?: AbortSignal): Promise<void> {
    const now = performance.now();
    const start = Math.max(now, this.#freeAt);
    this.#freeAt = start + bytes / this.#bytesPerMs;
    if (start > now) await sleep(start - now, undefined, { signal });
  }

  /** The bytes in chunks, each when it may go. */
  async *chunks(body: Buffer, signal?: AbortSignal): AsyncGenerator<Buffer> {
    for (let at = 0; at < body.length; at += CHUNK_BYTES) {
      const chunk = body.subarray(at, at + CHUNK_BYTES);
      await this.wait(chunk.length, signal);
      yield chunk;
    }
  }
}
