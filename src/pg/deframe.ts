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
}

export interface Deframer {
  /**
   * @returns what follows the message that ended the COPY; undefined while it goes on.
   * @throws ConnectionError only when a frame is not PostgreSQL's.
   */
  push(chunk: Buffer): Buffer | undefined;
  /** Hands over the rows gathered so far. */
  flush(): void;
}

/** What the first block starts with: most tables are small, and a block for each would be most of the memory. */
const FIRST_BYTES = 64 * 1024;
const EMPTY = Buffer.alloc(0);

/**
 * Cuts before the row that would make a block larger than `blockBytes`; only a row that is larger by itself makes a
 * larger block. So cuts depend on the rows alone, not on how the network delivered them. One long function, because it
 * runs for every row: its state is in variables.
 */
export function createDeframer({
  blockBytes,
  allocate,
  onBlock,
  onMessage,
}: DeframerOptions): Deframer {
  let block: Buffer = EMPTY;
  let used = 0;
  let rows = 0;
  let first = true;
  /** A frame that arrived in pieces. */
  const header = Buffer.alloc(HEADER_BYTES);
  let headerBytes = 0;
  /** Bytes of the current message that are still to come. */
  let missing = 0;
  /** The current message when it is not CopyData. */
  let other: Buffer | undefined;
  let otherUsed = 0;

  function flush(): void {
    if (rows > 0) onBlock({ data: block.subarray(0, used), rows });
    block = EMPTY;
    used = 0;
    rows = 0;
    first = false;
  }

  /** Makes room for a row of `length` bytes and counts it. */
  function begin(length: number): void {
    if (used + length > blockBytes) flush();
    const needed = used + length;
    if (needed > block.length) {
      const size = first ? Math.min(blockBytes, Math.max(FIRST_BYTES, 4 * needed)) : blockBytes;
      const larger = allocate(Math.max(size, needed));
      block.copy(larger, 0, 0, used);
      block = larger;
    }
    rows++;
  }

  function push(chunk: Buffer): Buffer | undefined {
    let at = 0;
    const end = chunk.length;
    while (at < end) {
      if (missing === 0 && other === undefined) {
        let frame = chunk;
        let frameAt = at;
        if (headerBytes > 0 || end - at < HEADER_BYTES) {
          const taken = Math.min(HEADER_BYTES - headerBytes, end - at);
          chunk.copy(header, headerBytes, at, at + taken);
          headerBytes += taken;
          at += taken;
          if (headerBytes < HEADER_BYTES) return undefined;
          headerBytes = 0;
          frame = header;
          frameAt = 0;
        } else {
          at += HEADER_BYTES;
        }
        const code = frame[frameAt]!;
        checkHeader(code, frame.readUInt32BE(frameAt + 1));
        const length = frame.readUInt32BE(frameAt + 1) - 4;
        if (code === COPY_DATA) {
          begin(length);
          missing = length;
        } else {
          other = Buffer.allocUnsafe(HEADER_BYTES + length);
          frame.copy(other, 0, frameAt, frameAt + HEADER_BYTES);
          otherUsed = HEADER_BYTES;
          missing = length;
        }
      }
      const taken = Math.min(missing, end - at);
      if (other === undefined) {
        chunk.copy(block, used, at, at + taken);
        used += taken;
      } else {
        chunk.copy(other, otherUsed, at, at + taken);
        otherUsed += taken;
      }
      at += taken;
      missing -= taken;
      if (missing === 0 && other !== undefined) {
        const message = other;
        other = undefined;
        if (!onMessage(message[0]!, message)) return chunk.subarray(at);
      }
    }
    return undefined;
  }

  return { push, flush };
}
