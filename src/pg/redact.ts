/** What may be shown of a server's message: PostgreSQL and functions of users quote values in some. Pure. */

/** The parts of an ErrorResponse or NoticeResponse that this depends on; the driver's names. */
export interface ServerMessage {
  readonly message: string;
  readonly code?: string | undefined;
  readonly where?: string | undefined;
  /** The C function that reported it. */
  readonly routine?: string | undefined;
}

/**
 * Whether a function or a trigger of a user's raised it, with a text of its author's: by its SQLSTATE, by the routine
 * of PL/pgSQL's RAISE, which takes any SQLSTATE, or because it came from a function while COPY was loading rows.
 */
export function isRaised({ code = "", where = "", routine }: ServerMessage): boolean {
  if (code.startsWith("P0") || routine === "exec_stmt_raise") return true;
  return /\n?COPY [^\n]*, line \d+/.test(where) && !where.startsWith("COPY ");
}

/** character_not_in_repertoire and untranslatable_character. */
const ENCODING_STATES: readonly string[] = ["22021", "22P05"];

/** The message without values. Values can hold quotes, so everything from the first quote to the last one goes. */
export function redactMessage(fields: ServerMessage): string {
  const { message, code = "" } = fields;
  if (isRaised(fields))
    return "a function or trigger raised an error (its text can quote rows and is not shown)";
  // Data exceptions: `invalid input syntax for type integer: "secret"`.
  if (!code.startsWith("22")) return message;
  // These quote the encodings, and of the value a character's bytes.
  if (ENCODING_STATES.includes(code))
    return message.replace(/0x[0-9a-f]{2}(?: 0x[0-9a-f]{2})*/g, "…");
  return message.replace(/".*"/s, '"…"').replace(/: 0x.*$/s, "");
}

/** ` (line 3 of its data)` from `COPY users, line 3, column email: "…"`; the rest of that quotes the row. */
export function copyLine(where: string | undefined): string {
  const line = /^COPY [^\n]*?, line (\d+)/m.exec(where ?? "")?.[1];
  return line === undefined ? "" : ` (line ${line} of its data)`;
}
