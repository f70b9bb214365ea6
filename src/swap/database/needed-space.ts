/** How much disk a new database takes, as far as its archive tells. Pure. */
import type { ManifestRelation } from "../../archive/format/manifest.ts";

/** What a row takes besides its values: an item identifier of 4 bytes and a header of 23, aligned. */
const ROW_BYTES = 28;
/** More than the server's compression of long values makes of ordinary text. */
const COMPRESSION = 4;

export interface NeededSpace {
  /** With less, the rows have no room whatever they are. */
  readonly leastBytes: number;
  /** What the rows usually take. Indexes come on top. */
  readonly likelyBytes: number;
}

/** Disk space for the new database, and what is free for it. */
export interface DiskSpace extends NeededSpace {
  /** Null where it is not known. */
  readonly freeBytes: number | null;
}

export function neededSpace(
  relations: readonly Pick<ManifestRelation, "rows" | "bytes">[],
): NeededSpace {
  let [rows, bytes] = [0, 0];
  for (const relation of relations) {
    rows += relation.rows;
    bytes += relation.bytes;
  }
  const headers = rows * ROW_BYTES;
  return { leastBytes: headers + Math.ceil(bytes / COMPRESSION), likelyBytes: headers + bytes };
}
