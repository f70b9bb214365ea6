/**
 * How large a manifest may be for the bytes that it is stored in. A few kilobytes can inflate to a text that takes gigabytes
 * and minutes to read; no schema compresses like that. The writer keeps to the same bounds: what compresses better than
 * they allow, it stores uncompressed.
 */
import { MAX_MANIFEST_BYTES, MAX_MANIFEST_VALUES } from "../../limits.ts";
import type { Codec } from "./compression.ts";

/** What a manifest of any stored size may have: about a hundred thousand objects. */
const FREE_BYTES = 32 * 1024 * 1024;
const FREE_VALUES = 2_000_000;

/**
 * 10 000 tables with the same 100 columns give 78 bytes for each byte of gzip:9. With zstd:19 they give more than a
 * thousand, so no such bound separates them from what is hostile.
 */
const GZIP_BYTES_PER_STORED = 256;

/** The same tables have three. */
const VALUES_PER_STORED = 16;

/** The most bytes that a manifest may have. @param stored bytes of its member. */
export function maxManifestBytes(codec: Codec, stored: number): number {
  const bytes = codec === "gzip" ? FREE_BYTES + GZIP_BYTES_PER_STORED * stored : Infinity;
  return Math.min(MAX_MANIFEST_BYTES, bytes);
}

/** The most JSON values that a manifest may have: every text, number, list, object … counts. */
export function maxManifestValues(stored: number): number {
  return Math.min(MAX_MANIFEST_VALUES, FREE_VALUES + VALUES_PER_STORED * stored);
}

/** Whether a manifest of `size` bytes has at most so many JSON values. */
export function hasAtMost(manifest: object, size: number, values: number): boolean {
  // Each takes two bytes at least, with the comma or bracket that follows: few need to be counted.
  return size / 2 + 1 <= values || countValues(manifest) <= values;
}

/** The number of JSON values in a value, itself included. */
export function countValues(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  let count = 1;
  for (const key in value) count += countValues((value as Record<string, unknown>)[key]);
  return count;
}
