/**
 * Reads `/etc/nexushub/env` and compose's `.env`. The first is read by systemd (`EnvironmentFile=`, for the API) and by
 * shells (`. /etc/nexushub/env`, in scripts), which do not agree on everything. We take what systemd takes, because
 * that is what the API runs with, and note by line number where a shell would see something else.
 * Values are secrets: no note and no error quotes one.
 */

/** `systemd`: systemd.exec(5), EnvironmentFile=. `compose`: as Docker Compose reads `.env`, where ` #` ends a plain value. */
export type EnvDialect = "systemd" | "compose";

export interface EnvFile {
  readonly values: ReadonlyMap<string, string>;
  /** What people should know: `line 3: …`. */
  readonly notes: readonly string[];
}

const BLANK = /[ \t]/;
const NEWLINE = /[\r\n]/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** One value as it was written. */
interface Reading {
  readonly value: string;
  /** Index of the first character after it. */
  readonly end: number;
  readonly notes: readonly string[];
}

/** Reads the text of an env file. Never throws: a line that cannot be read is a note. */
export function parseEnvFile(text: string, dialect: EnvDialect = "systemd"): EnvFile {
  const values = new Map<string, string>();
  const notes: string[] = [];
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (source !== text)
    notes.push("line 1: a byte order mark stands before it; systemd ignores that line");
  if (source.includes("\r"))
    notes.push("lines end in CR LF; a shell takes the CR as part of each value");
  // systemd ends a line at LF and at CR, and keeps both inside quotes.
  const plain = dialect === "compose" ? source.replaceAll("\r\n", "\n") : source;

  for (let at = 0, line = 1; at < plain.length;) {
    const start = at;
    const head = /[ \t]*=?[^=\r\n]*/y; // a "=" at the very start belongs to the name
    head.lastIndex = at;
    const key = (head.exec(plain)?.[0] ?? "").trim();
    at = head.lastIndex;
    if (key.startsWith("#") || key.startsWith(";")) {
      at = endOfLine(plain, at);
      if (key.startsWith(";")) notes.push(`line ${line}: only systemd takes ";" for a comment`);
      if (plain[at - 1] === "\\")
        notes.push(
          `line ${line}: the comment ends in a backslash, so systemd before 254 skips the next line`,
        );
    } else if (plain[at] !== "=") {
      if (key !== "") notes.push(`line ${line}: no "=", so it is ignored`);
    } else {
      const name = key.replace(/^export\s+/, "");
      const reading = readValue(plain, at + 1, dialect);
      at = reading.end;
      const found = [...reading.notes];
      if (name !== key && dialect === "systemd")
        found.push(
          `systemd ignores a line that begins with "export", so the API does not see ${name}`,
        );
      if (
        BLANK.test(plain[head.lastIndex - 1] ?? "") ||
        BLANK.test(plain[head.lastIndex + 1] ?? "")
      )
        found.push(`a shell does not accept blanks around "="`);
      if (NAME.test(name)) values.set(name, reading.value);
      else found.push('the text before "=" is not a variable\'s name, so it is ignored');
      notes.push(...found.map((note) => `line ${line}: ${note}`));
    }
    at += plain.startsWith("\r\n", at) ? 2 : 1; // the line's end
    line += plain.slice(start, at).match(/\r\n|[\r\n]/g)?.length ?? 0;
  }
  return { values, notes };
}

function endOfLine(text: string, from: number): number {
  const end = text.slice(from).search(NEWLINE);
  return end < 0 ? text.length : from + end;
}

/**
 * Reads from after the "=" to the line's end: any number of quoted pieces, then plain text up to the end
 * (parse_env_file_internal() in systemd's src/basic/env-file.c). A plain value keeps quotes and blanks inside it.
 */
function readValue(text: string, from: number, dialect: EnvDialect): Reading {
  const notes: string[] = [];
  let value = "";
  let at = from;
  for (let pieces = 0; ; pieces++) {
    const end = at;
    while (BLANK.test(text[at] ?? "")) at++;
    const quote = text[at];
    if (pieces > 0 && at > end && quote !== undefined && !NEWLINE.test(quote))
      notes.push("systemd joins what follows the quote, a shell takes it for a command");
    if (quote !== "'" && quote !== '"') break;
    const piece = quote === "'" ? readSingle(text, at + 1) : readDouble(text, at + 1);
    value += piece.value;
    at = piece.end;
    notes.push(...piece.notes);
    if (dialect === "compose") {
      // Whatever follows a quoted value can only be a comment there.
      return { value, end: endOfLine(text, at), notes };
    }
  }
  const rest = readPlain(text, at, dialect);
  return { value: value + rest.value, end: rest.end, notes: [...notes, ...rest.notes] };
}

function readSingle(text: string, from: number): Reading {
  const close = text.indexOf("'", from);
  if (close < 0)
    return { value: text.slice(from), end: text.length, notes: ["the quote ' is never closed"] };
  return { value: text.slice(from, close), end: close + 1, notes: [] };
}

function readDouble(text: string, from: number): Reading {
  let value = "";
  let expands = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    const notes = expands ? ["a shell would expand the $ or ` in it"] : [];
    if (char === '"') return { value, end: at + 1, notes };
    if (char === "\\") {
      const next = text[++at] ?? "";
      // SHELL_NEED_ESCAPE in systemd's src/basic/escape.h, which is POSIX' own list (2.2.3).
      if ('"\\`$'.includes(next)) value += next;
      else if (next !== "\n") value += `\\${next}`;
      continue;
    }
    if (char === "$" || char === "`") expands = true;
    value += char;
  }
  return { value, end: text.length, notes: ['the quote " is never closed'] };
}

/** What a shell does not take literally in an assignment outside quotes (POSIX 2.2; patterns are not expanded there). */
const SHELL_SPECIAL = /[|&;<>()$`"'~ \t]/;

function readPlain(text: string, from: number, dialect: EnvDialect): Reading {
  let value = "";
  let literal = 0; // the length up to which escaped characters reach: these blanks stay
  let unescaped = "";
  let at = from;
  for (; at < text.length && !NEWLINE.test(text[at]!); at++) {
    const char = text[at]!;
    if (char === "\\" && dialect === "systemd") {
      const next = text[++at] ?? "";
      if (!NEWLINE.test(next)) value += next;
      unescaped += "_";
      literal = value.length;
      continue;
    }
    if (char === "#" && dialect === "compose" && (value === "" || BLANK.test(value.at(-1) ?? ""))) {
      at = endOfLine(text, at);
      break;
    }
    value += char;
    unescaped += char;
  }
  const kept = value.slice(0, literal) + value.slice(literal).replace(/[ \t]+$/, "");
  const special = dialect === "systemd" && SHELL_SPECIAL.test(unescaped.trimEnd());
  const notes = special
    ? ["systemd takes the value as it stands, a shell would not; put it in single quotes"]
    : [];
  return { value: kept, end: Math.min(at, text.length), notes };
}
