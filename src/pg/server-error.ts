/**
 * What the driver throws, as our errors. Keeps what identifies the object and drops what quotes rows: PostgreSQL's
 * `detail`, `where` and internal query, and the quoted parts of messages in the classes that quote values.
 */
import { ConnectionError, isNexushubDumpError, NexushubDumpError, ServerError } from "../errors.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";

/** What was being done when the error came. */
export interface ErrorContext {
  /** `cannot lock the tables`: begins the message. */
  readonly doing?: string | undefined;
  /** Names the object when the server does not: `table public.users`. */
  readonly object?: string | undefined;
  /** The failing statement, given only when it comes from a schema and so holds no rows. */
  readonly statement?: string | undefined;
  /** A hint for errors of the server that come with none. */
  readonly hint?: string | undefined;
}

/** The fields of an ErrorResponse that we read (PostgreSQL docs, 55.8); the driver's names. */
interface PgFields {
  readonly message: string;
  readonly code?: string;
  readonly severity?: string;
  readonly hint?: string;
  readonly position?: string;
  readonly where?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly dataType?: string;
  readonly constraint?: string;
}

/** The SQLSTATE of a driver error; undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as Partial<PgFields>;
  return severity !== undefined && code !== undefined && /^[0-9A-Z]{5}$/.test(code)
    ? code
    : undefined;
}

/**
 * SQLSTATEs whose primary message can quote a value: data exceptions, and what functions raise (PostgreSQL docs,
 * appendix A). `invalid input syntax for type integer: "secret"` is one.
 */
function canQuoteValues(state: string): boolean {
  return state.startsWith("22") || state.startsWith("P0");
}

/** character_not_in_repertoire and untranslatable_character. */
const ENCODING_STATES: readonly string[] = ["22021", "22P05"];

/** The message without values. Values can hold quotes, so everything from the first to the last one goes. */
export function redactMessage(message: string, state: string): string {
  if (state.startsWith("P0"))
    return "a function or trigger raised an error (its text can quote rows and is not shown)";
  if (!canQuoteValues(state)) return message;
  // These quote the encodings, and of the value a character's bytes.
  if (ENCODING_STATES.includes(state))
    return message.replace(/0x[0-9a-f]{2}(?: 0x[0-9a-f]{2})*/g, "…");
  return message.replace(/".*"/s, '"…"').replace(/: 0x.*$/s, "");
}

/** `COPY users, line 3, column email: "…"` to `line 3`; the rest quotes the row. */
function copyLine(where: string | undefined): string {
  const line = /^COPY [^\n]*?, line (\d+)/.exec(where ?? "")?.[1];
  return line === undefined ? "" : ` (line ${line} of its data)`;
}

function objectOf({ schema, table, column, dataType, constraint }: PgFields): string | undefined {
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
 * network's is a fault of this package and becomes INTERNAL.
 */
export function fromPg(error: unknown, context: ErrorContext = {}): NexushubDumpError {
  if (isNexushubDumpError(error)) return error;
  const prefix = context.doing === undefined ? "" : `${context.doing}: `;
  const state = sqlState(error);
  if (state !== undefined) return fromServer(error as PgFields, state, prefix, context);
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined || isLostConnection(error)) {
    return new ConnectionError(`${prefix}${message}`, {
      object: context.object,
      hint: HINTS[code ?? ""],
      cause: plainCause(message, code),
    });
  }
  return new NexushubDumpError("INTERNAL", `${prefix}${message}`, {
    object: context.object,
    cause: error,
  });
}

function fromServer(
  fields: PgFields,
  state: string,
  prefix: string,
  context: ErrorContext,
): NexushubDumpError {
  const text = redactMessage(fields.message, state);
  const message = `${prefix}${text}${copyLine(fields.where)}`;
  const cause = plainCause(text, state);
  const hint = (state.startsWith("P0") ? undefined : fields.hint) ?? HINTS[state] ?? context.hint;
  const object = context.object ?? objectOf(fields);
  if (isConnectionState(state)) return new ConnectionError(message, { object, hint, cause });
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
    },
    state === "42501" ? "PERMISSION" : state === "55P03" ? "LOCK_TIMEOUT" : "SERVER",
  );
}

/** What to do, by the system's code, or the server's: most are about a connection that is not to be had. */
const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "see that the server runs, and check host and port",
  ENOENT: "see that the server runs, and check the socket's folder and the port",
  ENOTFOUND: "check the host's name",
  ETIMEDOUT: "check host and port, and what filters the way there",
  "22021":
    "SQL_ASCII lets in what is in no encoding: find the name, text or row with such bytes, and correct it",
  "28P01": "check user and password",
  "28000": "check the user's name, and that pg_hba.conf lets it in from here",
  "3D000": "check the database's name",
  "53300": "end other sessions, or raise max_connections",
  "57P03": "the server starts or stops: try again when it runs",
};

/** Connection exceptions, failed logins, unknown database, too many connections, shutdowns. */
function isConnectionState(state: string): boolean {
  return (
    /^(08|28)/.test(state) || ["3D000", "53300", "57P01", "57P02", "57P03", "57P05"].includes(state)
  );
}

/** The driver's own words for a connection that went away; it gives these errors no code. */
function isLostConnection(error: unknown): boolean {
  const { message = "", code = "" } = (error ?? {}) as { message?: string; code?: string };
  return (
    /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired)/.test(
      message,
    ) ||
    /^(The server does not support SSL|There was an error establishing an SSL)/.test(message) ||
    /^(ERR_(SSL|TLS|STREAM)_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(
      code,
    )
  );
}

/** A cause that holds only what may be shown. */
function plainCause(message: string, code: string | undefined): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
