/**
 * How long a dump will be as text. That is not known beforehand, but the blocks of the tables are: what was read of them tells how much
 * is done, and the text so far how long the rest is. Pure.
 */

const BLOCK_BYTES = 8192;
/** Of what is not copied completely nobody knows how much is left. */
const MOST_UNFINISHED = 0.9;
const MOST = 0.99;

export class SizeEstimate {
  readonly #blocks: number;
  #doneBlocks = 0;
  #doneBytes = 0;

  /** @param blocks of all that is copied, with its TOAST tables. */
  constructor(blocks: number) {
    this.#blocks = blocks;
  }

  /** These blocks are copied, and were so long as text. */
  finish(blocks: number, bytes: number): void {
    this.#doneBlocks += blocks;
    this.#doneBytes += bytes;
  }

  /** The length of everything, when so much has passed; 0 when there is nothing to tell it from. */
  total(bytes: number): number {
    const share = this.#share(bytes);
    return share === 0 ? 0 : Math.round(bytes / share);
  }

  #share(bytes: number): number {
    if (this.#blocks === 0) return 0;
    const bytesPerBlock =
      this.#doneBlocks > 0 && this.#doneBytes > 0
        ? this.#doneBytes / this.#doneBlocks
        : BLOCK_BYTES;
    const left = Math.max(0, this.#blocks - this.#doneBlocks);
    const unfinished = Math.max(0, bytes - this.#doneBytes) / bytesPerBlock;
    const done = this.#doneBlocks + Math.min(unfinished, left * MOST_UNFINISHED);
    return Math.min(done / this.#blocks, MOST);
  }
}
