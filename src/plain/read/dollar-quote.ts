/** A dollar-quoted string, `$tag$…$tag$`, whose bytes come one chunk after the other. */
import { BYTE, isDigit, isWordStart } from "./ascii.ts";

export class DollarQuote {
  /** The first dollar is known. */
  readonly #tag: number[] = [BYTE.dollar];
  /** Bytes of the tag that the bytes before match. */
  #matched = 0;

  /** What follows the first dollar, without it. */
  get word(): string {
    return String.fromCharCode(...this.#tag.slice(1));
  }

  /** The next byte of the tag: `none` when it cannot be part of one, and the dollar was none of a quote. */
  tagByte(byte: number): "more" | "begun" | "none" {
    const isPart = isWordStart(byte) || (this.#tag.length > 1 && isDigit(byte));
    if (byte !== BYTE.dollar && !isPart) return "none";
    this.#tag.push(byte);
    return byte === BYTE.dollar ? "begun" : "more";
  }

  /** The index after the closing tag; -1 when it is not in this chunk. A tag has dollars at its ends alone. */
  bodyEnd(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      if (this.#matched === 0) {
        at = chunk.indexOf(BYTE.dollar, at);
        if (at < 0) return -1;
        this.#matched = 1;
      } else if (chunk[at] === this.#tag[this.#matched]) {
        this.#matched++;
        if (this.#matched === this.#tag.length) return at + 1;
      } else this.#matched = chunk[at] === BYTE.dollar ? 1 : 0;
    }
    return -1;
  }
}
