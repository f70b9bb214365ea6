/** Options and results of the test helpers. Types only. */
import type pg from "pg";
import type { ArchiveStore } from "../archive/storage/store.ts";
import type { RestoreOptions } from "../restore/options.ts";

/**
 * A server to create databases on: a connection string, or an object that has one: an embedded server (`url`), a
 * container of `@testcontainers/postgresql` (`getConnectionUri()`). The login needs CREATEDB and no other privilege.
 */
export type FixtureServer =
  | string
  | { readonly url: string }
  | {
      /** Returns a connection string. */
      getConnectionUri(): string;
    };

/** Options of `openFixture`. */
export interface FixtureOptions {
  readonly server: FixtureServer;
  /** The archive to copy: a path or a store; it is read more than once. */
  readonly archive: string | ArchiveStore;
  /** Options of the restore, such as `owner`. */
  readonly restore?:
    | Pick<RestoreOptions, "owner" | "privileges" | "tables" | "schemaOnly">
    | undefined;
  /**
   * How the server copies the template: `FILE_COPY`, `WAL_LOG`, or the server's default. Default: `FILE_COPY` where the
   * server has it (15 and later), which is the fastest for a template of some megabytes.
   */
  readonly strategy?: "FILE_COPY" | "WAL_LOG" | "server" | undefined;
  /** Keep the database of a `use` whose body failed. Default: whether `$NEXUSHUB_DUMP_KEEP` is set. */
  readonly keepOnFailure?: boolean | undefined;
  /** Receives a line for people, such as the location of a kept database. Default: writes to standard error. */
  readonly onMessage?: ((message: string) => void) | undefined;
}

/** A database that belongs to one test. */
export interface FixtureDatabase {
  readonly name: string;
  /** A connection string, with the password of the server's. */
  readonly url: string;
  /** Opens a client; `drop` ends those that the test did not end. */
  client(): Promise<pg.Client>;
  /**
   * Sets the rows and sequences back to those of the archive, in one transaction: only tables that changed are emptied
   * and loaded. Objects that were created, changed or dropped stay so; materialized views are not refreshed.
   * @returns the tables that had changed.
   */
  reset(): Promise<string[]>;
  /** Ends its clients and drops it, even if others are connected. */
  drop(): Promise<void>;
  /** Leaves it on the server under a name that nothing drops. @returns a connection string without a password. */
  keep(): Promise<string>;
  /** Does what `close` or `drop` does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A template database, of which each test gets a copy. */
export interface Fixture {
  /** Creates a copy of the archive's database. */
  database(): Promise<FixtureDatabase>;
  /** Runs a body with a copy and drops the copy afterwards, unless the body failed and the copy is kept. */
  use<Result>(body: (database: FixtureDatabase) => Promise<Result>): Promise<Result>;
  /** Drops the copies that this process still has, and the template when no other process uses it. */
  close(): Promise<void>;
  /** Does what `close` or `drop` does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}
