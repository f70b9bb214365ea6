/** Options and results of the test helpers. Types only. */
import type pg from "pg";
import type { RereadableArchive } from "../archive/storage/source.ts";
import type { RestoreOptions } from "../restore/options.ts";

/**
 * A server to create databases on: a connection string, as text or `URL`; an object that has one: an embedded server
 * (`url`), a container of `@testcontainers/postgresql` (`getConnectionUri()`); a configuration of `pg`; or a pool or an idle
 * client of `pg`, which stands for the server that it is connected to. Each database of the fixture has a connection string,
 * so a password or TLS settings that are no text are refused; so is a PGlite, which is no server. The login needs CREATEDB and
 * no other privilege.
 */
export type FixtureServer =
  | string
  | URL
  | pg.Pool
  | pg.ClientBase
  | { readonly url: string | URL }
  | {
      /** Returns a connection string. */
      getConnectionUri(): string;
    }
  | Pick<
      pg.ClientConfig,
      "connectionString" | "host" | "port" | "database" | "user" | "password" | "ssl"
    >;

/** Options of `openFixture`. */
export interface FixtureOptions {
  readonly server: FixtureServer;
  /**
   * The archive to copy: a path, a folder that `pack` wrote, a URL, bytes or a store; it is read more than once. Default: none,
   * an empty database.
   */
  readonly archive?: RereadableArchive | undefined;
  /** Options of the restore, such as `owner`. */
  readonly restore?:
    | Pick<RestoreOptions, "owner" | "privileges" | "tables" | "schemaOnly">
    | undefined;
  /**
   * Changes the template after the archive was restored, and before it is copied: runs migrations, inserts rows. `url` is
   * for tools that connect by themselves. Needs `prepareKey` or `migrations`.
   */
  readonly prepare?: ((client: pg.Client, url: string) => Promise<unknown>) | undefined;
  /** Says what `prepare` does: with another key the template is made again. */
  readonly prepareKey?: string | undefined;
  /**
   * A folder of migrations of Prisma, Drizzle, golang-migrate or Knex. Its contents belong to the key of the template. Those
   * that the archive does not have yet are applied and recorded as the tool does, unless `prepare` does that; those of Knex
   * are programs, which only `prepare` can run.
   */
  readonly migrations?: string | URL | undefined;
  /** Number of copies that are created ahead; used ones are dropped in the background. Default: 0, both when needed. */
  readonly pool?: number | undefined;
  /**
   * How long a template that nobody uses stays on the server for later runs, in milliseconds; with 0 its last user drops it.
   * Default: seven days.
   */
  readonly keepTemplateMs?: number | undefined;
  /**
   * How the server copies the template: `FILE_COPY`, `WAL_LOG`, or the server's default. Default: `FILE_COPY` where the
   * server has it (15 and later), which is the fastest for a template of some megabytes.
   */
  readonly strategy?: "FILE_COPY" | "WAL_LOG" | "server" | undefined;
  /** Keep the database of a `use` whose body failed. Default: whether `$NEXUSHUB_DUMP_KEEP` is set. */
  readonly keepOnFailure?: boolean | undefined;
  /** Receives a line for people, such as the location of a kept database. Default: writes to standard error. */
  readonly onMessage?: ((message: string) => void) | undefined;
  /**
   * Interrupts the making of the template; `prepare` is not waited for, and its client is ended. An open fixture is closed by
   * `close`.
   */
  readonly signal?: AbortSignal | undefined;
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
  /**
   * Keeps the present state, objects and rows, under a name. Ends the clients of `client()`; nobody else may be connected.
   * A snapshot of the same name is replaced.
   */
  snapshot(name: string): Promise<void>;
  /** Goes back to a snapshot, as often as needed. The database keeps its name and address; all connections end. */
  restoreSnapshot(name: string): Promise<void>;
  /** Ends its clients and drops it with its snapshots, even if others are connected. */
  drop(): Promise<void>;
  /** Leaves it on the server under a name that nothing drops. @returns a connection string without a password. */
  keep(): Promise<string>;
  /** Does what `close` or `drop` does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A template database, of which each test gets a copy. */
export interface Fixture {
  /** Creates a copy of the template, or gives one that was created ahead. */
  database(): Promise<FixtureDatabase>;
  /**
   * Runs a body with a copy and drops the copy afterwards, unless the body failed and the copy is kept. With `pool` it does
   * not wait for the drop.
   */
  use<Result>(body: (database: FixtureDatabase) => Promise<Result>): Promise<Result>;
  /** Drops the copies that this process still has; the template, too, when no process uses it and `keepTemplateMs` is 0. */
  close(): Promise<void>;
  /** Does what `close` or `drop` does, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
}
