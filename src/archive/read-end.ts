/** The end of an archive, by which a file is known to be one. */
import type { Codec } from "./format/compression.ts";
import { decodeTrailer, MAX_TRAILER_BYTES, type Trailer } from "./format/trailer.ts";
import type { ArchiveSource } from "./storage/store.ts";

/** How an archive ends. */
export interface ArchiveEnd {
  readonly trailer: Trailer;
  readonly codec: Codec;
}

/**
 * Reads the last bytes of a file.
 * @returns undefined when no archive ends so.
 * @throws ArchiveError (ARCHIVE_UNSUPPORTED) when an archive of a newer format does; what the source throws.
 */
export async function readEnd(source: ArchiveSource): Promise<ArchiveEnd | undefined> {
  const length = Math.min(source.size, MAX_TRAILER_BYTES);
  return decodeTrailer(await source.read(source.size - length, length));
}
