/**
 * SHA-256 of bytes in memory. On the calling thread on purpose: WebCrypto's digest on the thread pool copies its input
 * first, which took as long on the main thread as hashing there, and memory besides (measured, parts of 2 MiB).
 */
import { createHash } from "node:crypto";

/** Of all the bytes in order, as lower-case hex. */
export function sha256(...pieces: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const bytes of pieces) hash.update(bytes);
  return hash.digest("hex");
}
