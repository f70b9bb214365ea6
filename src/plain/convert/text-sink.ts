/**
 * A file of text that is written in order, compressed or not. gzip and zstd files may consist of several members, so each
 * block becomes one, on another core, while the next is made; a reader sees one text.
 */
import { compress, type Compression } from "../../archive/format/compression.ts";
import type { ArchiveSink } from "../../archive/storage/store.ts";
import { defaultConcurrency } from "../../archive/concurrency.ts";

/** Text in one member. Large enough that members cost nothing. */
const BLOCK_BYTES = 1024 * 1024;

export class TextSink {
  readonly #sink: ArchiveSink;
  readonly #compression: Compression;
  readonly #most = defaultConcurrency() + 1;
  readonly #waiting: Promise<Buffer>[] = [];
  #block: Buffer[] = [];
  #blockBytes = 0;
  #bytes = 0;

  constructor(sink: ArchiveSink, compression: Compression) {
    this.#sink = sink;
    this.#compression = compression;
  }

  /** Bytes that were written to the file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The bytes are the sink's from the call on. */
  async write(text: string | Buffer): Promise<void> {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    if (bytes.length === 0) return;
    this.#block.push(bytes);
    this.#blockBytes += bytes.length;
    if (this.#blockBytes >= BLOCK_BYTES) await this.#endBlock();
  }

  /** Writes what is left, and makes the file final. */
  async commit(): Promise<void> {
    await this.#endBlock();
    while (this.#waiting.length > 0) await this.#writeNext();
    await this.#sink.commit();
  }

  /** Leaves nothing behind. Never throws. */
  async abort(): Promise<void> {
    await Promise.allSettled(this.#waiting);
    await this.#sink.abort();
  }

  async #endBlock(): Promise<void> {
    if (this.#blockBytes === 0) return;
    const block = this.#block.length === 1 ? this.#block[0]! : Buffer.concat(this.#block);
    this.#block = [];
    this.#blockBytes = 0;
    const member = compress(block, this.#compression);
    member.catch(() => undefined);
    this.#waiting.push(member);
    while (this.#waiting.length > this.#most) await this.#writeNext();
  }

  async #writeNext(): Promise<void> {
    const member = await this.#waiting.shift()!;
    await this.#sink.write(member);
    this.#bytes += member.length;
  }
}
