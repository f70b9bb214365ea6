/**
 * Every error that this package throws: one base class, one subclass for each group, a stable code on each.
 * Server errors keep what identifies the object and drop what quotes rows: PostgreSQL's `detail` and `where`
 * hold values ("Key (token)=(…)", "COPY t, line 3: …"), and a secret must never reach a log through us.
 */

/** Stable codes: scripts may rely on them, messages may change. Each says when it comes and what to do. */
export type ErrorCode =
  /** Options, arguments or a connection string make no sense; nothing was done. Correct them as the hint says. */
  | "USAGE"
  /** No connection to the server could be opened, or it was lost. Check the server, host, port, login and TLS, then try again. */
  | "CONNECTION"
  /** PostgreSQL refused a statement; `sqlState` says why (PostgreSQL docs, appendix A). */
  | "SERVER"
  /** The login lacks a privilege on the named object. Grant it, or connect as the owner. */
  | "PERMISSION"
  /** A lock on the named table was not available in time. Wait for the session that holds it, or allow more time. */
  | "LOCK_TIMEOUT"
  /** Somebody renamed schemas, and a name stood for another relation than the one to be dumped. Dump again when they are done. */
  | "RELATION_REPLACED"
  /** The server is too old, too new, a standby, a fork of PostgreSQL or a pooler in transaction mode. Connect to another one. */
  | "UNSUPPORTED_SERVER"
  /** The database holds objects that cannot be dumped faithfully. Leave them out, or pass --skip-unsupported. */
  | "UNSUPPORTED_OBJECT"
  /** The target holds something already; nothing was changed. Choose an empty one, or allow it to be replaced. */
  | "TARGET_NOT_EMPTY"
  /** The target holds objects of other roles where the archive needs their places; nothing was changed. */
  | "NOT_OWNER"
  /** Objects from outside the archive depend on what would be replaced; nothing was changed. */
  | "DEPENDENT_OBJECTS"
  /** Others are connected to the target; nothing was changed. Stop the application first. */
  | "TARGET_BUSY"
  /** The target lacks roles that owners or privileges name. Create them, or restore without these. */
  | "ROLES_MISSING"
  /** The key at hand does not fit the archive or the sealed values. Find the right key. */
  | "KEY_MISMATCH"
  /** The archive is a fixture, and the target is in use by NexusHub; nothing was changed. Restore it elsewhere, or say so. */
  | "FIXTURE_REFUSED"
  /** The archive's signature is missing or not one of the accepted keys; nothing was changed. Check where it comes from. */
  | "SIGNATURE"
  /** An encrypted archive was expected, and the file is not encrypted; nothing was changed. Check where it comes from, or say so. */
  | "NOT_ENCRYPTED"
  /** The full archive that a differential one refers to is not there; nothing was changed. Put it beside it, or name it. */
  | "BASE_MISSING"
  /** Something stands in the way of exchanging the database for a new one; nothing was changed. Do what the hint says. */
  | "SWAP_REFUSED"
  /** Rows of the archive cannot go back into the target: others are in their place, or its tables changed. Nothing was changed. */
  | "ROW_CONFLICT"
  /** A dangerous operation was not confirmed; nothing was changed. */
  | "NOT_CONFIRMED"
  /** The archive is damaged, cut short or none of ours; `object` names the part. Use another backup. */
  | "ARCHIVE_DAMAGED"
  /** The archive has a format or a compression that this version or this Node cannot read. Update it. */
  | "ARCHIVE_UNSUPPORTED"
  /** Contents differ from what the archive or the options say; nothing was committed. */
  | "MISMATCH"
  /** A file or stream could not be written: disk full, no permission, closed. Write to another place. */
  | "OUTPUT"
  /** An object store did not answer, or refused: keys, bucket, rights, clock. Do what the hint says, then try again. */
  | "STORE"
  /** Another run holds the lock of the folder. Wait for it to end. */
  | "BUSY"
  /** The caller's signal fired, or Ctrl-C; what was begun is undone. */
  | "ABORTED"
  /** A fault of this package. Report it. */
  | "INTERNAL";

/** The fields of an error beside its message. */
export interface ErrorFacts {
  /** The object that it concerns, as people write it: `table public.users`, `data/3/7.copy`. */
  readonly object?: string | undefined;
  /** What to do next, in one sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

const BRAND = Symbol.for("nexushub-dump.error");

/** The base of all errors thrown by this package. */
export class NexushubDumpError extends Error {
  readonly code: ErrorCode;
  readonly object: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.code = code;
    this.object = facts.object;
    this.hint = facts.hint;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/**
 * Whether a value is one of our errors. Works across two installed copies of the package, where `instanceof` fails.
 */
export function isNexushubDumpError(value: unknown): value is NexushubDumpError {
  return typeof value === "object" && value !== null && BRAND in value;
}

/**
 * What to throw for an error that nobody expected. Those of the language itself become INTERNAL: an answer of a server
 * without sense, or a fault of this package. Others are the caller's, such as what a stream or a listener throws.
 */
export function expectedError(error: unknown): unknown {
  const isOfTheLanguage = [TypeError, RangeError, ReferenceError, SyntaxError].some(
    (type) => error instanceof type,
  );
  if (!isOfTheLanguage || isNexushubDumpError(error)) return error;
  const { name } = error as Error;
  return new NexushubDumpError("INTERNAL", `met contents that make no sense (${name})`, {
    hint: "if the connection damages data on its way, use TLS; otherwise report this with the output of --debug",
    // A SyntaxError quotes the text that could not be read.
    cause: error instanceof SyntaxError ? undefined : error,
  });
}

/** Bad options or arguments; nothing was done. */
export class UsageError extends NexushubDumpError {
  constructor(message: string, facts?: ErrorFacts) {
    super("USAGE", message, facts);
  }
}

/** No connection to the server, or it was lost. */
export class ConnectionError extends NexushubDumpError {
  constructor(message: string, facts?: ErrorFacts) {
    super("CONNECTION", message, facts);
  }
}

/** The fields of a server error, without those that quote data. */
export interface ServerErrorFacts extends ErrorFacts {
  /** The five-character SQLSTATE (PostgreSQL docs, appendix A). */
  readonly sqlState?: string | undefined;
  /** The statement that failed, where it came from a schema and so holds no rows. */
  readonly statement?: string | undefined;
  /** Where in the statement, counted in characters from 1. */
  readonly position?: number | undefined;
  readonly constraint?: string | undefined;
  /** The table that it is about. */
  readonly relation?: { readonly namespace: string; readonly name: string } | undefined;
}

/** PostgreSQL refused a statement. */
export class ServerError extends NexushubDumpError {
  readonly sqlState: string | undefined;
  readonly statement: string | undefined;
  readonly position: number | undefined;
  readonly constraint: string | undefined;
  readonly relation: { readonly namespace: string; readonly name: string } | undefined;

  constructor(
    message: string,
    facts: ServerErrorFacts = {},
    code: Extract<ErrorCode, "SERVER" | "PERMISSION" | "LOCK_TIMEOUT"> = "SERVER",
  ) {
    super(code, message, facts);
    this.sqlState = facts.sqlState;
    this.statement = facts.statement;
    this.position = facts.position;
    this.constraint = facts.constraint;
    this.relation = facts.relation;
  }
}

/** The name of a relation stood for another one while it was dumped: somebody renamed schemas. `object` names it. */
export class ReplacedRelationError extends NexushubDumpError {
  constructor(message: string, facts?: ErrorFacts) {
    super("RELATION_REPLACED", message, facts);
  }
}

/** The server is not one that can be dumped or restored into: too old, a fork, a pooler in transaction mode. */
export class UnsupportedServerError extends NexushubDumpError {
  constructor(message: string, facts?: ErrorFacts) {
    super("UNSUPPORTED_SERVER", message, facts);
  }
}

/** The database holds objects that cannot be dumped faithfully. `objects` names each one. */
export class UnsupportedObjectError extends NexushubDumpError {
  readonly objects: readonly string[];

  constructor(message: string, objects: readonly string[], facts?: ErrorFacts) {
    super("UNSUPPORTED_OBJECT", message, facts);
    this.objects = objects;
  }
}

/** Refused for safety; nothing was changed. */
export class RefusedError extends NexushubDumpError {
  constructor(
    code: Extract<
      ErrorCode,
      | "TARGET_NOT_EMPTY"
      | "NOT_OWNER"
      | "DEPENDENT_OBJECTS"
      | "TARGET_BUSY"
      | "ROLES_MISSING"
      | "KEY_MISMATCH"
      | "FIXTURE_REFUSED"
      | "SIGNATURE"
      | "NOT_ENCRYPTED"
      | "BASE_MISSING"
      | "SWAP_REFUSED"
      | "ROW_CONFLICT"
      | "NOT_CONFIRMED"
    >,
    message: string,
    facts?: ErrorFacts,
  ) {
    super(code, message, facts);
  }
}

/** Rows cannot go back into the target; nothing was changed. `objects` has a line for each reason, without values. */
export class RowConflictError extends RefusedError {
  readonly objects: readonly string[];

  constructor(message: string, objects: readonly string[], facts?: ErrorFacts) {
    super("ROW_CONFLICT", message, facts);
    this.objects = objects;
  }
}

/** The archive cannot be read: damaged, cut short, or none of ours. `object` names the part. */
export class ArchiveError extends NexushubDumpError {
  constructor(
    message: string,
    facts?: ErrorFacts,
    code: Extract<ErrorCode, "ARCHIVE_DAMAGED" | "ARCHIVE_UNSUPPORTED"> = "ARCHIVE_DAMAGED",
  ) {
    super(code, message, facts);
  }
}

/** Contents that were restored or compared differ from what the archive says. */
export class MismatchError extends NexushubDumpError {
  constructor(message: string, facts?: ErrorFacts) {
    super("MISMATCH", message, facts);
  }
}

/** The archive could not be written: disk full, no permission, a closed stream. */
export class OutputError extends NexushubDumpError {
  constructor(message: string, facts?: ErrorFacts) {
    super("OUTPUT", message, facts);
  }
}

/** The fields of an error of an object store. */
export interface StoreErrorFacts extends ErrorFacts {
  /** The status of the answer (HTTP); undefined when there was none. */
  readonly status?: number | undefined;
  /** The store's own code, such as `NoSuchBucket`. */
  readonly storeCode?: string | undefined;
}

/** An object store did not answer, or refused. */
export class StoreError extends NexushubDumpError {
  readonly status: number | undefined;
  readonly storeCode: string | undefined;

  constructor(message: string, facts: StoreErrorFacts = {}) {
    super("STORE", message, facts);
    this.status = facts.status;
    this.storeCode = facts.storeCode;
  }
}

/** The caller's signal fired. `message` says before or during what. */
export class AbortedError extends NexushubDumpError {
  constructor(during: string, facts?: ErrorFacts) {
    super("ABORTED", `interrupted ${during}`, facts);
  }
}

/**
 * What to throw when something failed: the caller's own abort takes precedence over the failures that it caused.
 * @param during as in the message of AbortedError: `while restoring`.
 */
export function failureOf(
  error: unknown,
  signal: AbortSignal | undefined,
  during: string,
): unknown {
  return signal?.aborted === true && !(error instanceof AbortedError)
    ? new AbortedError(during, { cause: error })
    : expectedError(error);
}

/**
 * Throws when the signal has fired.
 * @throws AbortedError with `during` in its message, only when the signal is aborted.
 */
export function throwIfAborted(signal: AbortSignal | undefined, during: string): void {
  if (signal?.aborted) throw new AbortedError(during, { cause: signal.reason });
}
