/** What may be shown of a server's message: PostgreSQL and functions of users quote values in some. Pure. */

/** The parts of an ErrorResponse or NoticeResponse that this depends on; the driver's names. */
export interface ServerMessage {
  readonly message: string;
  readonly code?: string | undefined;
  readonly where?: string | undefined;
  /** The C function that reported it. */
  readonly routine?: string | undefined;
}

/** Where the procedural languages report what their functions raise, with any SQLSTATE and a text of the author's. */
const RAISING: ReadonlySet<string> = new Set([
  "exec_stmt_raise",
  "do_util_elog",
  "plperl_call_perl_func",
  "PLy_output",
  "PLy_elog",
  "PLy_elog_impl",
  "pltcl_elog",
  "throw_tcl_error",
]);

/**
 * Whether a function or a trigger of a user's raised it, with a text of its author's: by its SQLSTATE (PL/pgSQL's class P0,
 * class 38 of external routines), by the routine, or because it came from a function while COPY was loading rows.
 */
export function isRaised(fields: ServerMessage): boolean {
  const { code = "", where = "", routine } = fields;
  if (code.startsWith("P0") || code.startsWith("38")) return true;
  if (routine !== undefined && RAISING.has(routine)) return true;
  return isLoadingRows(fields) && !where.startsWith("COPY ");
}

/** Whether it came while COPY was reading rows: then the text can quote them, whatever the SQLSTATE. */
function isLoadingRows({ where = "" }: ServerMessage): boolean {
  return /(?:^|\n)COPY [^\n]*, line \d+/.test(where);
}

/**
 * Whether the text quotes values. Data exceptions do (`invalid input syntax for type integer: "secret"`), and while rows are
 * loading input functions do with other states too (`syntax error in tsquery: "secret"`). Violations of integrity
 * constraints, class 23, quote names alone.
 */
export function quotesValues(fields: ServerMessage): boolean {
  const { code = "" } = fields;
  return code.startsWith("22") || (isLoadingRows(fields) && !code.startsWith("23"));
}

/** character_not_in_repertoire and untranslatable_character. */
const ENCODING_STATES: readonly string[] = ["22021", "22P05"];

/** The message without values. Values can hold quotes, so everything from the first quote to the last one goes. */
export function redactMessage(fields: ServerMessage): string {
  const { message, code = "" } = fields;
  if (isRaised(fields))
    return "a function or trigger raised an error (its text can quote rows and is not shown)";
  if (!quotesValues(fields)) return message;
  // These quote the encodings, and of the value a character's bytes.
  if (ENCODING_STATES.includes(code))
    return message.replace(/0x[0-9a-f]{2}(?: 0x[0-9a-f]{2})*/g, "…");
  return message.replace(/".*"/s, '"…"').replace(/: 0x.*$/s, "");
}

/**
 * ` (line 3 of its data)` from `COPY users, line 3, column email: "…"`; the rest of that quotes the row.
 * @param before lines that an earlier COPY of the same data has read.
 */
export function copyLine(where: string | undefined, before: number): string {
  const line = /^COPY [^\n]*?, line (\d+)/m.exec(where ?? "")?.[1];
  return line === undefined ? "" : ` (line ${before + Number(line)} of its data)`;
}
