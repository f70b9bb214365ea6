/**
 * Follows where the bytes of the part that is being filled are stored already. A part can be copied inside the store when all
 * of it follows each other in one object. Pure.
 */
import type { StoredRange } from "../folder.ts";

/** Of every part but the last (S3 User Guide, "Amazon S3 multipart upload limits"). */
const MIN_PART_BYTES = 5 * 1024 * 1024;
/** Parts that end early, so that one begins where bytes are stored elsewhere: each makes the largest possible archive smaller. */
const MAX_SHORT_PARTS = 1000;

/** Less is not worth a request of its own. */
const WORTHWHILE_BYTES = 1024 * 1024;

export class CopiedRun {
  readonly #isEqual: boolean;
  /** Where the last bytes of the part are stored, one behind the other; null when they are nowhere. */
  #from: StoredRange | null = null;
  /** How many bytes of the part lie before them. */
  #before = 0;
  #shortParts = 0;
  #isUseless = false;

  /** @param isEqual whether all parts must have one size. */
  constructor(isEqual: boolean) {
    this.#isEqual = isEqual;
  }

  /** Whether the part should end before bytes that are stored at `from`, so that it can be copied. */
  endsBefore(from: StoredRange | undefined, filled: number): boolean {
    if (this.#from === null || this.#before > 0 || filled < MIN_PART_BYTES) return false;
    return !this.#follows(from, filled) && this.#mayEndEarly();
  }

  /** Bytes that are stored at `from` come behind `filled` others. */
  extend(from: StoredRange | undefined, filled: number): void {
    if (filled > 0 && this.#follows(from, filled)) return;
    this.#from = from === undefined || this.#isUseless ? null : from;
    this.#before = filled;
  }

  /** A part begins with what lies `at` bytes behind `from`. */
  begin(from: StoredRange | undefined, at: number): void {
    this.extend(from === undefined ? undefined : { ...from, offset: from.offset + at }, 0);
  }

  /** How many of the bytes that were filled the part gets: the others can be copied together with what comes next. */
  endOf(filled: number): number {
    if (this.#from === null || this.#before === 0) return filled;
    const end = Math.max(MIN_PART_BYTES, this.#before);
    return filled - end >= WORTHWHILE_BYTES && this.#mayEndEarly() ? end : filled;
  }

  /**
   * Ends the part after so many bytes; what was filled behind them is the begin of the next one.
   * @returns where it is stored; null when it must be sent.
   */
  take(end: number): StoredRange | null {
    const from = this.#from;
    const isWhole = from !== null && this.#before === 0;
    if (from !== null) this.begin(from, end - this.#before);
    return isWhole && !this.#isUseless ? from : null;
  }

  /** From now on everything is sent: the store does not copy, or does not say what it copied. */
  giveUp(): void {
    this.#isUseless = true;
  }

  #follows(next: StoredRange | undefined, filled: number): boolean {
    if (this.#from === null || next === undefined || !isSame(this.#from, next)) return false;
    return this.#from.offset + filled - this.#before === next.offset;
  }

  #mayEndEarly(): boolean {
    if (this.#isEqual || this.#isUseless || this.#shortParts === MAX_SHORT_PARTS) return false;
    this.#shortParts++;
    return true;
  }
}

function isSame({ object: a }: StoredRange, { object: b }: StoredRange): boolean {
  return a.store === b.store && a.bucket === b.bucket && a.key === b.key && a.etag === b.etag;
}
