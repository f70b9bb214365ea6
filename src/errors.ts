/**
 * Every error that this package throws: one base class, one subclass for each group, a stable code on each.
 * Server errors keep what identifies the object and drop what quotes rows: PostgreSQL's `detail` and `where`
 * hold values ("Key (token)=(…)", "COPY t, line 3: …"), and a secret must never reach a log through us.
 */
import type { ErrorCode } from "./error-codes.ts";
import { brand, classNamesOf, isBranded, isError } from "./error-identity.ts";

export type { ErrorCode };
export { isError };

/** The fields of an error beside its message. */
export interface ErrorFacts {
  /** The object that it concerns, as people write it: `table public.users`, `data/3/7.copy`. */
  readonly object?: string | undefined;
  /** What to do next, in one sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

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
    brand(this, new.target);
  }

  /**
   * Makes `instanceof` true for errors of another copy of this package, too: one program may load it as an ES module
   * and as CommonJS, or have two versions installed. Classes that others derive from ours are compared as usual.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    return CLASSES.has(this) && classNamesOf(value).includes(this.name);
  }
}

/**
 * Whether a value is one of our errors, of whichever copy of the package: as ES module, as CommonJS, of another version.
 */
export function isNexushubDumpError(value: unknown): value is NexushubDumpError {
  return isBranded(value);
}

const LANGUAGE_ERRORS = [TypeError, RangeError, ReferenceError, SyntaxError];

/**
 * What to throw for an error that nobody expected. Those of the language itself become INTERNAL: an answer of a server
 * without sense, or a fault of this package. Others are the caller's, such as what a stream or a listener throws.
 */
export function expectedError(error: unknown): unknown {
  if (!isError(error) || isNexushubDumpError(error)) return error;
  const type = LANGUAGE_ERRORS.find((each) => error instanceof each || error.name === each.name);
  if (type === undefined) return error;
  const { name } = error;
  return new NexushubDumpError("INTERNAL", `met contents that make no sense (${name})`, {
    hint: "if the connection damages data on its way, use TLS; otherwise report this with the output of --debug",
    // A SyntaxError quotes the text that could not be read.
    cause: type === SyntaxError ? undefined : error,
  });
}

/** Bad options or arguments; nothing was done. */
export class UsageError extends NexushubDumpError {
  constructor(message: string, facts?: ErrorFacts) {
    super("USAGE", message, facts);
  }
}

/** The facts of a connection error. */
export interface ConnectionErrorFacts extends ErrorFacts {
  /** Whether the server refuses the login or the way of connecting, as it will at the next attempt. Default: false. */
  readonly isRefusal?: boolean | undefined;
}

/** No connection to the server, or it was lost. */
export class ConnectionError extends NexushubDumpError {
  /** Whether another attempt would end in the same way: a wrong password, an unknown database, a certificate. */
  readonly isRefusal: boolean;

  constructor(message: string, facts: ConnectionErrorFacts = {}) {
    super("CONNECTION", message, facts);
    this.isRefusal = facts.isRefusal ?? false;
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

/** Our classes, which `instanceof` compares by name. */
const CLASSES: ReadonlySet<unknown> = new Set([
  NexushubDumpError,
  UsageError,
  ConnectionError,
  ServerError,
  ReplacedRelationError,
  UnsupportedServerError,
  UnsupportedObjectError,
  RefusedError,
  RowConflictError,
  ArchiveError,
  MismatchError,
  OutputError,
  StoreError,
  AbortedError,
]);

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
