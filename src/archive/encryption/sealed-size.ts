/** How much larger encryption makes a file (age-encryption.org/v1, "Payload"). Pure. */

export const CHUNK_BYTES = 64 * 1024;
export const TAG_BYTES = 16;
export const NONCE_BYTES = 16;

/** A header names recipients, a line or two each; more than this is nobody's. */
export const MAX_HEADER_BYTES = 256 * 1024;

/** Bytes of an encrypted file with so many bytes inside, without its header. */
export function sealedBytes(plain: number): number {
  const chunks = Math.max(1, Math.ceil(plain / CHUNK_BYTES));
  return NONCE_BYTES + plain + chunks * TAG_BYTES;
}
