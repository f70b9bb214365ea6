/**
 * A folder that holds archives and small files beside them, by name: one of this machine, or a prefix of a bucket. Everything
 * that keeps backups works through this interface, so that another kind of store is one implementation more. There are no
 * folders in it, and a name is never a path.
 */
import type { LockRecord, LockState } from "./lock-record.ts";

export interface ArchiveFolder {
  /** As users write it: a path, or `s3://bucket/prefix`. */
  readonly address: string;
  /** The address of a file in it, by which an archive is opened, written or shown. */
  addressOf(name: string): string;
  /**
   * Creates it where it must exist before files can be written.
   * @returns removes again what was created, as far as it is empty; never throws.
   */
  create(): Promise<() => Promise<void>>;
  /** Whether there is such a folder; an object store says so of every prefix of an existing bucket. */
  exists(): Promise<boolean>;
  /** The files in it, in no order; fails when there is no such folder. */
  list(): Promise<FolderFile[]>;
  /** A small text file; null when there is none. */
  readText(name: string): Promise<string | null>;
  /** Replaces a small text file, durably: a reader sees the old contents or the new. */
  writeText(name: string, text: string): Promise<void>;
  /** Removes a file; fails when it cannot be removed. */
  remove(name: string): Promise<void>;
  /** Begins an archive that gets its name when it is published. */
  draft(name: string): Promise<ArchiveDraft>;
  /** Bytes that can still be written; null when nobody says. */
  freeBytes(): Promise<number | null>;
  /**
   * Takes the lock of the folder: one run at a time.
   * @throws NexushubDumpError (BUSY) only when another run holds it.
   */
  takeLock(options?: LockOptions): Promise<Lock>;
  /** Who holds the lock; null when nobody does. */
  readLock(): Promise<HeldBy | null>;
  /** Removes the lock, whoever holds it. */
  removeLock(): Promise<void>;
  /**
   * Removes what killed runs left. Call it only while holding the lock, or when nobody can.
   * @param isOurs of the name that a leftover was to get.
   * @returns how many were removed.
   */
  removeLeftovers(isOurs: (name: string) => boolean): Promise<number>;
  /**
   * Removes archives that have their names already, and whose runs were killed before they had verified them: only stores have
   * such. Call it only while holding the lock, and after a verified archive is there.
   * @param isListed of archives that were verified after all.
   * @returns how many were removed.
   */
  removeUnverified(isListed: (name: string) => boolean): Promise<number>;
}

/** A file in a folder. */
export interface FolderFile {
  readonly name: string;
  readonly bytes: number;
  readonly modified: Date;
}

/** An object that was opened: what a writer into the same store needs to know to copy from it there. */
export interface StoredObject {
  /** The same for all objects that one server can copy from one to another. */
  readonly store: string;
  readonly bucket: string;
  readonly key: string;
  /** Says which contents of the key are meant; null when the store gave none. */
  readonly etag: string | null;
}

/** Where bytes that are written are stored already. */
export interface StoredRange {
  readonly object: StoredObject;
  readonly offset: number;
}

/** Bytes that are written from front to back, and appear at the end. As an archive's sink. */
export interface ByteSink {
  /** @param from where the same bytes are: a store that has them need not get them again. */
  write(bytes: Uint8Array, from?: StoredRange): Promise<void>;
  /** Whether bytes of the object may be copied inside the store. Default: no. */
  readonly canCopy?: ((object: StoredObject) => boolean) | undefined;
  commit(): Promise<void>;
  /** Never throws. */
  abort(): Promise<void>;
}

/** Bytes that are read from anywhere. As an archive's source. */
export interface ByteSource {
  readonly size: number;
  readonly fileName?: string | undefined;
  /** The object that the bytes are read from as they are; undefined when there is none. */
  readonly stored?: StoredObject | undefined;
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** One file in a store. As the store of one archive. */
export interface ByteStore {
  create(): Promise<ByteSink>;
  open(): Promise<ByteSource>;
}

/** An archive that has no final name yet. */
export interface ArchiveDraft {
  /** Where to write the archive, and then to read it back: a path, or a store. */
  readonly target: string | ByteStore;
  /** Size of what was written. */
  size(): Promise<number>;
  /** Gives the archive its name, durably. */
  publish(name: string): Promise<void>;
  /** Leaves nothing behind of what was written, published or not. Never throws. */
  discard(): Promise<void>;
}

export interface Lock {
  /** False when another run took the lock over, because this process seemed dead: it was suspended, say. */
  isHeld(): Promise<boolean>;
  /** Never throws: the next run recognizes a lock that stays behind. */
  release(): Promise<void>;
}

export interface LockOptions {
  /** Frees space when the disk is too full for a lock file; returns whether it did. Runs only while nobody holds the lock. */
  readonly makeRoom?: (() => Promise<boolean>) | undefined;
}

/** Who holds a lock. */
export interface HeldBy {
  /** Where the lock is. */
  readonly path: string;
  /** Null when the lock is damaged, or being written. */
  readonly record: LockRecord | null;
  readonly state: LockState;
}
