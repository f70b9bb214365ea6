/**
 * Memory for parts, used again and again: a fresh buffer for each part would leave hundreds of megabytes to the garbage
 * collector's mood. Each has room before and behind for a tar header and padding, so that a part's rows become a whole
 * tar entry where they lie.
 */
import { TAR_BLOCK } from "./format/tar.ts";

/** Gives a buffer of at least as many bytes, with unspecified contents: a new one, or one of `PartBuffers`. */
export type Allocate = (bytes: number) => Buffer;

/** Gives new ones. */
export const allocate: Allocate = (bytes) => Buffer.allocUnsafe(bytes);

/** Buffers of one size for the common case; smaller and larger ones are made when asked for and forgotten after. */
export class PartBuffers {
  readonly #bytes: number;
  readonly #free: ArrayBuffer[] = [];
  /** Every buffer made here, so that no other memory is ever written around. */
  readonly #own = new WeakSet<ArrayBufferLike>();

  /** @param bytes what the usual part holds. */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** A buffer of at least `bytes`, with unspecified contents. Give a part of it, from its start, to the writer. */
  take(bytes: number): Buffer {
    const usual = bytes <= this.#bytes && bytes > this.#bytes / 4;
    const size = usual ? this.#bytes : bytes;
    const memory = (usual ? this.#free.pop() : undefined) ?? this.#make(size);
    return Buffer.from(memory, TAR_BLOCK, size);
  }

  #make(size: number): ArrayBuffer {
    const memory = Buffer.allocUnsafeSlow(TAR_BLOCK + size + TAR_BLOCK).buffer;
    this.#own.add(memory);
    return memory;
  }

  /** Allows the memory of a taken buffer to be taken again; of any other buffer, does nothing. */
  give(buffer: Buffer): void {
    const memory = buffer.buffer as ArrayBuffer;
    if (this.#own.has(memory) && memory.byteLength === this.#bytes + 2 * TAR_BLOCK)
      this.#free.push(memory);
  }

  /**
   * The same bytes with a block before them and one behind, as one buffer: in place when the buffer was taken here,
   * else a copy.
   */
  framed(data: Buffer): Buffer {
    if (this.#own.has(data.buffer) && data.byteOffset === TAR_BLOCK) {
      return Buffer.from(data.buffer, 0, TAR_BLOCK + data.length + TAR_BLOCK);
    }
    const copy = Buffer.allocUnsafeSlow(TAR_BLOCK + data.length + TAR_BLOCK);
    data.copy(copy, TAR_BLOCK);
    return copy;
  }
}
