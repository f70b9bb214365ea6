/**
 * Where archives live, as the writer and the reader see it: bytes appended in order and made final, or bytes at an
 * offset. A path and a stream are built in; anything else (object storage, say) is an `ArchiveStore` of the caller's.
 */

/** Takes an archive's bytes, from front to back. Calls never overlap. */
export interface ArchiveSink {
  /** Resolves when the bytes are taken and more may come; the buffer is the caller's again then. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the archive final and durable. Nothing may be seen under its final name before. Called at most once. */
  commit(): Promise<void>;
  /**
   * Leaves nothing behind. May be called at any time, during a write or twice too; does nothing
   * after `commit`. Never throws.
   */
  abort(): Promise<void>;
}

/** Gives an archive's bytes, from anywhere. Calls may overlap. */
export interface ArchiveSource {
  /** Bytes of the archive. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`; fails when there are fewer. */
  read(offset: number, length: number): Promise<Buffer>;
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
