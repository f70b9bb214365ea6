/**
 * What the driver throws, as our errors. Keeps what identifies the object and drops what quotes rows: PostgreSQL's
 * `detail`, `where` and internal query, and the quoted parts of messages.
 */
import { ConnectionError, isNexushubDumpError, NexushubDumpError, ServerError } from "../errors.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import { type DriverFault, driverFault, poolerFault } from "./driver-errors.ts";
import { copyLine, isRaised, quotesValues, redactMessage, type ServerMessage } from "./redact.ts";

/** What was being done when the error came. */
export interface ErrorContext {
  /** `lock the tables`: the message begins with `cannot lock the tables`. */
  readonly action?: string | undefined;
  /** Names the object when the server does not: `table public.users`. */
  readonly object?: string | undefined;
  /** The failing statement, given only when it comes from a schema and so holds no rows. */
  readonly statement?: string | undefined;
  /** A hint for errors of the server that come with none. */
  readonly hint?: string | undefined;
  /** What to do where the login lacks a right. */
  readonly permissionHint?: string | undefined;
  /** What to do where rows violate a constraint. */
  readonly rowsHint?: string | undefined;
  /** What to do where rows refer to others that are not there. */
  readonly referencesHint?: string | undefined;
  /** What to do where a statement names something that is not there. */
  readonly missingHint?: string | undefined;
  /** What to do where what a statement creates is there already. */
  readonly existsHint?: string | undefined;
  /** Lines of the same data that an earlier COPY has read. Default: 0. */
  readonly linesBefore?: number;
}

/** The fields of an ErrorResponse that are read here (PostgreSQL docs, 55.8); the driver's names. */
interface ErrorFields extends ServerMessage {
  readonly severity?: string;
  readonly hint?: string;
  readonly position?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly dataType?: string;
  readonly constraint?: string;
  /** The statement of a function that failed. */
  readonly internalQuery?: string;
}

/** Whether a driver error comes from a statement inside of a function. */
export function isInFunction(error: unknown): boolean {
  return (error as Partial<ErrorFields> | null)?.internalQuery !== undefined;
}

/** The SQLSTATE of a driver error; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as Partial<ErrorFields>;
  return severity !== undefined && code !== undefined && /^[0-9A-Z]{5}$/.test(code)
    ? code
    : undefined;
}

function objectOf({
  schema,
  table,
  column,
  dataType,
  constraint,
}: ErrorFields): string | undefined {
  if (table !== undefined) {
    const relation = qualify(schema ?? null, table);
    if (constraint !== undefined)
      return `constraint ${quoteIdent(constraint)} of table ${relation}`;
    return column === undefined ? `table ${relation}` : `column ${relation}.${quoteIdent(column)}`;
  }
  if (dataType !== undefined) return `type ${qualify(schema ?? null, dataType)}`;
  return schema === undefined ? undefined : `schema ${quoteIdent(schema)}`;
}

/**
 * The error to throw for what the driver threw. Our own errors pass through; what is neither the server's nor the
 * connection's is a fault of this package and becomes INTERNAL.
 */
export function fromPg(error: unknown, context: ErrorContext = {}): NexushubDumpError {
  if (isNexushubDumpError(error)) return withContext(error, context);
  const state = sqlState(error);
  if (state !== undefined) return fromServer(error as ErrorFields, state, context);
  const prefix = prefixOf(context);
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  const fault = driverFault(error);
  if (fault !== undefined || syscall !== undefined || SYSTEM_HINTS[code ?? ""] !== undefined) {
    const { text, hint } = describe(fault, message);
    return new ConnectionError(`${prefix}${text}`, {
      isRefusal: fault !== undefined && REFUSALS.has(fault.kind),
      object: context.object,
      hint: hint ?? SYSTEM_HINTS[code ?? ""],
      cause: plainCause(message, code),
    });
  }
  return new NexushubDumpError("INTERNAL", `${prefix}${message}`, {
    object: context.object,
    cause: error,
  });
}

function prefixOf({ action }: ErrorContext): string {
  return action === undefined ? "" : `cannot ${action}: `;
}

/** A connection's own errors do not say what was being done. */
function withContext(error: NexushubDumpError, context: ErrorContext): NexushubDumpError {
  const prefix = prefixOf(context);
  if (error.code !== "CONNECTION" || error.message.startsWith(prefix)) return error;
  return new ConnectionError(`${prefix}${error.message}`, {
    object: error.object ?? context.object,
    hint: error.hint,
    cause: error.cause,
    isRefusal: (error as ConnectionError).isRefusal,
  });
}

/** Faults that the next attempt would meet again. */
const REFUSALS: ReadonlySet<DriverFault["kind"]> = new Set(["no-tls", "tls", "authentication"]);

const LOST = {
  text: "the connection was lost",
  hint: "see the server's log, then try again",
};

/** For a connection that ended without saying why. */
export function connectionLost(): ConnectionError {
  return new ConnectionError(LOST.text, { hint: LOST.hint });
}

function describe(
  fault: DriverFault | undefined,
  message: string,
): { readonly text: string; readonly hint?: string } {
  switch (fault?.kind) {
    case "lost":
      return LOST;
    case "timeout":
      return { text: "no answer in time", hint: SYSTEM_HINTS["ETIMEDOUT"]! };
    case "no-tls":
      return {
        text: "the server does not offer TLS",
        hint: "set ssl = on at the server, or allow an unencrypted connection with sslmode=disable",
      };
    case "tls-refused":
      return {
        text: "the server answered the request for TLS with neither yes nor no",
        hint: "check host and port: this may not be PostgreSQL",
      };
    case "tls":
      return {
        text: message,
        hint: "name the certificate authority of the server with sslrootcert, and the server as its certificate does",
      };
    case "authentication":
      return {
        text: `the server wants authentication by ${fault.method}, which is not supported`,
        hint: "let pg_hba.conf ask this login for scram-sha-256",
      };
    case "protocol":
      return {
        text: `the server broke the protocol: ${message}`,
        hint: "check host and port; if they are right, the connection damages data on its way: use TLS",
      };
    case undefined:
      return { text: message };
  }
}

function fromServer(fields: ErrorFields, state: string, context: ErrorContext): NexushubDumpError {
  const text = redactMessage(fields);
  const message = `${prefixOf(context)}${text}${copyLine(fields.where, context.linesBefore ?? 0)}`;
  const cause = plainCause(text, state);
  const shown = isRaised(fields) || quotesValues(fields) ? undefined : fields.hint;
  const encodingHint = state === "22021" ? context.hint : undefined;
  const permissionHint = state === "42501" ? context.permissionHint : undefined;
  const referencesHint = state === FOREIGN_KEY_VIOLATION ? context.referencesHint : undefined;
  const rowsHint = referencesHint ?? (state.startsWith("23") ? context.rowsHint : undefined);
  const hint =
    permissionHint ??
    rowsHint ??
    // Before the server's own, which advises type casts where a function is not found.
    searchPathHint(fields, state) ??
    shown ??
    encodingHint ??
    hintFor(state, text) ??
    context.hint ??
    (state === UNDEFINED_OBJECT ? context.missingHint : undefined) ??
    (EXISTS.has(state) ? context.existsHint : undefined) ??
    LAST_HINTS[state];
  const object = context.object ?? objectOf(fields);
  if (isConnectionState(state))
    return new ConnectionError(message, { object, hint, cause, isRefusal: isRefusal(state) });
  return new ServerError(
    message,
    {
      object,
      hint,
      cause,
      sqlState: state,
      statement: context.statement,
      position:
        context.statement === undefined || fields.position === undefined
          ? undefined
          : Number(fields.position),
      constraint: fields.constraint,
      relation:
        fields.schema === undefined || fields.table === undefined
          ? undefined
          : { namespace: fields.schema, name: fields.table },
    },
    state === "42501" ? "PERMISSION" : state === "55P03" ? "LOCK_TIMEOUT" : "SERVER",
  );
}

/** What to do, by the system's code. All of them are about the way to the server. */
const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "check that the server runs, and check host and port",
  ECONNRESET: "see the server's log, then try again",
  EPIPE: "see the server's log, then try again",
  ENOENT: "check that the server runs, and check the socket's folder and the port",
  ENOTFOUND: "check the name of the host",
  EAI_AGAIN: "check the name of the host, and that names can be looked up here",
  ETIMEDOUT: "check host and port, and firewalls on the way",
  EHOSTUNREACH: "check the host, and the network on the way",
};

/** What to do where nothing else is known, by the server's SQLSTATE. */
const LAST_HINTS: Readonly<Record<string, string>> = {
  "22P05":
    "the database's encoding lacks a character: restore into one of the archive's encoding (createdb --encoding=UTF8 --template=template0)",
  "3F000":
    "create the schema first: an archive of chosen tables does not hold it, and none holds the schema public",
};

/** What to do, by the server's SQLSTATE. */
const STATE_HINTS: Readonly<Record<string, string>> = {
  "22021":
    "SQL_ASCII lets in what is in no encoding: find the name, text or row with such bytes, and correct it",
  "28P01": "check user and password",
  "28000": "check the user's name, and that pg_hba.conf lets it in from here",
  "3D000": "check the name of the database",
  "40001":
    "on a standby, replay cancels long queries: raise max_standby_streaming_delay or set hot_standby_feedback, or use the primary",
  "53300":
    "end other sessions, or raise the limit: max_connections, or the CONNECTION LIMIT of the database or role",
  "57P03": "the server is starting or stopping: try again when it runs",
};

const POOLER_HINTS = {
  "statement-mode":
    "the connection goes through a pooler in statement mode: connect to the server itself, or to a pool in session mode",
  "startup-parameter":
    "the connection goes through a pooler that refuses it: connect to the server itself, leave the parameter out, or add it to the pooler's ignore_startup_parameters",
} as const;

function hintFor(state: string, message: string): string | undefined {
  const pooler = poolerFault(state, message);
  return pooler === undefined ? STATE_HINTS[state] : POOLER_HINTS[pooler];
}

/** duplicate_object, duplicate_table, duplicate_function, duplicate_schema (PostgreSQL docs, appendix A). */
export const EXISTS: ReadonlySet<string> = new Set(["42710", "42P07", "42723", "42P06"]);

const FOREIGN_KEY_VIOLATION = "23503";
const UNDEFINED_OBJECT = "42704";
/** undefined_table, undefined_function, undefined_object. */
const UNDEFINED: ReadonlySet<string> = new Set(["42P01", "42883", UNDEFINED_OBJECT]);

/** Sessions have an empty search path, and functions of users may need another one. Only their statements are internal ones. */
function searchPathHint(fields: ErrorFields, state: string): string | undefined {
  if (!isInFunction(fields) || !UNDEFINED.has(state)) return undefined;
  return "a function uses a name without a schema, and search_path is empty here: write the schema in the function, or give it a path (ALTER FUNCTION … SET search_path = …); if only the archive is left, convert it and set search_path in the plain dump";
}

/** Connection exceptions, failed logins, unknown database, too many connections, shutdowns. */
function isConnectionState(state: string): boolean {
  return (
    /^(08|28)/.test(state) || ["3D000", "53300", "57P01", "57P02", "57P03", "57P05"].includes(state)
  );
}

/** A failed login or unknown database. */
function isRefusal(state: string): boolean {
  return state.startsWith("28") || state === "3D000";
}

/** A cause that holds only what may be shown. */
function plainCause(message: string, code: string | undefined): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
