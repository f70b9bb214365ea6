/** Whether a file can be the base of a differential archive, by its size. Pure. */
import { MAX_HEADER_BYTES, sealedBytes } from "../encryption/sealed-size.ts";
import type { BaseHint } from "../storage/store.ts";

/** Whether a file has the base's size, encrypted or not. */
export function mayBeBase(bytes: number, { size }: BaseHint): boolean {
  const least = sealedBytes(size);
  return bytes === size || (bytes >= least && bytes <= least + MAX_HEADER_BYTES);
}
