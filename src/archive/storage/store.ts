/**
 * Where archives live, as the writer and the reader see it: bytes appended in order and made final, or bytes at an
 * offset. A path and a stream are built in; anything else (object storage, say) is an `ArchiveStore` of the caller's.
 */

import type { StoredObject, StoredRange } from "../../store/folder.ts";

/** Takes an archive's bytes, from front to back. Calls never overlap. */
export interface ArchiveSink {
  /**
   * Resolves when the bytes are taken and more may come. The buffer is the caller's again then, who fills it anew or frees
   * its memory: a sink that keeps bytes for longer copies them.
   * @param from where the same bytes are in an object of the same store: they may be copied there instead of being sent.
   */
  write(bytes: Uint8Array, from?: StoredRange): Promise<void>;
  /** Whether bytes of an object may be copied inside the store. Default: no. */
  readonly canCopy?: ((object: StoredObject) => boolean) | undefined;
  /** Makes the archive final and durable. Nothing may be seen under its final name before. Called at most once. */
  commit(): Promise<void>;
  /**
   * Leaves nothing behind. May be called at any time, during a write or twice too; does nothing
   * after `commit`. Never throws.
   */
  abort(): Promise<void>;
}

/** What a differential archive says of its base, by which to look for it. */
export interface BaseHint {
  /** Size in bytes, without encryption. */
  readonly size: number;
  /** Its name when the differential archive was made; null when it had none. Never a path. */
  readonly fileName: string | null;
}

/** An archive beside another one: a path or a store. */
export type NearbyArchive = string | ArchiveStore;

/** Gives an archive's bytes, from anywhere. Calls may overlap. */
export interface ArchiveSource {
  /** Bytes of the archive. */
  readonly size: number;
  /** Name of the file, without its folder. Default: none. */
  readonly fileName?: string | undefined;
  /** The object whose bytes are read as they are stored, for sinks of the same store. Default: none. */
  readonly stored?: StoredObject | undefined;
  /**
   * Archives in the same place that may be the base of this one, if it is differential, the likeliest first; which is it, the
   * digest tells. Default: none.
   */
  readonly nearby?: ((base: BaseHint) => Promise<readonly NearbyArchive[]>) | undefined;
  /** Exactly `length` bytes from `offset`; fails when there are fewer. */
  read(offset: number, length: number): Promise<Buffer>;
  /**
   * Fills a buffer from `offset`; fails when there are fewer bytes. For sources that are read in small ranges without loss.
   * Default: none.
   */
  readonly readInto?: ((buffer: Buffer, offset: number) => Promise<void>) | undefined;
  /** Closes the source. */
  close(): Promise<void>;
}

/** One archive's place in a store. */
export interface ArchiveStore {
  /** Begins to write the archive. */
  create(): Promise<ArchiveSink>;
  /** Opens the archive for reading. */
  open(): Promise<ArchiveSource>;
}
