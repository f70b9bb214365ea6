/** How long a name can be. Pure. */

/** NAMEDATALEN - 1 (src/include/pg_config_manual.h). */
export const NAME_BYTES = 63;

/** The whole characters in the first bytes of a name, in UTF-8. */
export function clipName(name: string, bytes: number): string {
  const encoded = Buffer.from(name);
  let end = Math.min(bytes, encoded.length);
  // Continuation bytes are 10xxxxxx.
  while (end > 0 && end < encoded.length && (encoded[end]! & 0xc0) === 0x80) end--;
  return encoded.subarray(0, end).toString();
}
