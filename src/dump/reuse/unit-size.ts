/** How a table is divided into units: consecutive ranges of heap blocks. Pure. */

/** A unit of a table without TOAST: 4 MiB. Smaller ones cost statements and parts that are not full. */
const MAX_UNIT_BLOCKS = 512;
/** Blocks, those of the TOAST table included, below which comparing a table costs as much as reading it: 1 MiB. */
const MIN_TABLE_BLOCKS = 128;

export interface TableSize {
  /** Blocks of the heap. */
  readonly pages: number;
  /** Blocks of its TOAST table. */
  readonly toastPages: number;
}

/** Whether a table has too few blocks for units. */
export function isSmall({ pages, toastPages }: TableSize): boolean {
  return pages === 0 || pages + toastPages < MIN_TABLE_BLOCKS;
}

/** Heap blocks in a unit, so that it has at most 4 MiB on the average, TOAST included: a power of two. */
export function blocksInUnit({ pages, toastPages }: TableSize): number {
  const share = pages / Math.max(1, pages + toastPages);
  return 2 ** Math.max(0, Math.floor(Math.log2(MAX_UNIT_BLOCKS * share)));
}
