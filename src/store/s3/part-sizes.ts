/**
 * Sizes of the parts of an upload whose size is not known when it begins. A store takes 10 000 parts at most, so later parts
 * are larger: a small archive needs little memory, and a large one fits. Pure.
 */

const MIB = 1024 * 1024;

/** Of every store (S3 User Guide, "Amazon S3 multipart upload limits"). */
export const MAX_PARTS = 10_000;

interface Step {
  /** The last part of this size. */
  readonly until: number;
  readonly bytes: number;
}

const GROWING: readonly Step[] = [
  { until: 2000, bytes: 8 * MIB },
  { until: 5000, bytes: 32 * MIB },
  { until: MAX_PARTS, bytes: 128 * MIB },
];
/** For stores that want parts of one size. */
const EQUAL: readonly Step[] = [{ until: MAX_PARTS, bytes: 32 * MIB }];

/**
 * The size of a part, numbered from 1; null when there can be no such part.
 * @param isEqual whether all parts but the last must have one size (Cloudflare R2).
 */
export function partBytes(number: number, isEqual: boolean): number | null {
  const steps = isEqual ? EQUAL : GROWING;
  return steps.find(({ until }) => number <= until)?.bytes ?? null;
}

/** The largest archive that fits. */
export function maxUploadBytes(isEqual: boolean): number {
  let from = 0;
  let total = 0;
  for (const { until, bytes } of isEqual ? EQUAL : GROWING) {
    total += (until - from) * bytes;
    from = until;
  }
  return total;
}
