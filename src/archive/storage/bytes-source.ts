/** Archives that are in memory already, and what other runtimes and browsers call a file: as sources. */
import { ArchiveError } from "../../errors.ts";
import type { ArchiveSource } from "./store.ts";

/** What an archive source uses of a `Blob` or a `File`. */
export interface BlobLike {
  readonly size: number;
  /** The bytes from `start` to before `end`. */
  slice(
    start: number,
    end: number,
  ): {
    /** Reads them. */
    arrayBuffer(): Promise<ArrayBuffer>;
  };
}

/** @param bytes not copied: they must not change while the archive is read. */
export function bytesSource(bytes: Uint8Array): ArchiveSource {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return blobSource({
    size: buffer.length,
    slice: (start, end) => ({
      // A copy: readers may write into what they get.
      arrayBuffer: async () => Uint8Array.from(buffer.subarray(start, end)).buffer,
    }),
  });
}

export function blobSource(blob: BlobLike): ArchiveSource {
  return {
    size: blob.size,
    async read(offset, length) {
      const buffer = Buffer.from(await blob.slice(offset, offset + length).arrayBuffer());
      if (buffer.length === length) return buffer;
      throw new ArchiveError("the archive became shorter while it was read");
    },
    close: async () => undefined,
  };
}
