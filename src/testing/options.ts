/** What the test helpers take and give. Types only. */
import type pg from "pg";
import type { ArchiveStore } from "../archive/storage/store.ts";
import type { RestoreOptions } from "../restore/options.ts";

/**
 * A server to make databases on: a connection string, or anything that has one: an embedded server (`url`), a container
 * of `@testcontainers/postgresql` (`getConnectionUri()`). The login needs CREATEDB and no more.
 */
export type FixtureServer = string | { readonly url: string } | { getConnectionUri(): string };

export interface FixtureOptions {
  readonly server: FixtureServer;
  /** What the databases hold: a path or a store; it is read more than once. */
  readonly archive: string | ArchiveStore;
  /** Options of the restore, such as `owner`. */
  readonly restore?:
    | Pick<RestoreOptions, "owner" | "privileges" | "tables" | "schemaOnly">
    | undefined;
  /**
   * How the server copies the template: `FILE_COPY`, `WAL_LOG`, or the server's own choice. Default: `FILE_COPY` where
   * the server knows it (15 and later): quickest for a template of some megabytes.
   */
  readonly strategy?: "FILE_COPY" | "WAL_LOG" | "server" | undefined;
  /** Keep the database of a `use` whose body failed. Default: whether `$NEXUSHUB_DUMP_KEEP` is set. */
  readonly keepOnFailure?: boolean | undefined;
  /** Receives a line for people, such as where a kept database is. Default: standard error. */
  readonly onMessage?: ((message: string) => void) | undefined;
}

/** A database of a test's own. */
export interface FixtureDatabase {
  readonly name: string;
  /** A connection string, with the password that the server's has. */
  readonly url: string;
  /** A connected client; `drop` ends those that the test did not end. */
  client(): Promise<pg.Client>;
  /**
   * Makes the rows and sequences those of the archive again, in one transaction: only tables that changed are emptied
   * and filled. Objects that were made, changed or dropped stay so; materialized views are not refreshed.
   * @returns the tables that had changed.
   */
  reset(): Promise<string[]>;
  /** Ends its clients and drops it, whoever is connected. */
  drop(): Promise<void>;
  /** Leaves it on the server under a name that no clean-up touches. @returns a connection string without a password. */
  keep(): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Fixture {
  /** A new copy of the archive's database. */
  database(): Promise<FixtureDatabase>;
  /** Runs a body with a copy, and drops that whatever happens, unless it is to be kept after a failure. */
  use<Result>(body: (database: FixtureDatabase) => Promise<Result>): Promise<Result>;
  /** Drops what is left of this process's databases, and the template when nobody else uses it. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
