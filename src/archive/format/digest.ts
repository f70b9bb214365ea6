/**
 * SHA-256 of bytes in memory. On the calling thread on purpose: WebCrypto's digest on the thread pool copies its input
 * first, which took as long on the main thread as hashing there, and memory besides (measured, parts of 2 MiB).
 */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";

/** The SHA-256 of all chunks in order, as lower-case hex. */
export function sha256(...chunks: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const bytes of chunks) hash.update(bytes);
  return hash.digest("hex");
}

/** The same of chunks that come one after the other. */
export async function sha256OfChunks(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const bytes of chunks) hash.update(bytes);
  return hash.digest("hex");
}

/** Hashed in about a tenth of a millisecond. */
const SLICE_BYTES = 128 * 1024;

/**
 * The same in slices, with a turn of the event loop between them. A socket holds about 200 KiB, which a server fills or
 * empties in two milliseconds, and hashing a part takes three: in one go the server would wait for us at every part.
 */
export async function sha256InTurns(bytes: Uint8Array): Promise<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    if (at > 0) await setImmediate();
    hash.update(bytes.subarray(at, at + SLICE_BYTES));
  }
  return hash.digest("hex");
}
