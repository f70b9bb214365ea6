/**
 * Parses `/etc/nexushub/env` and compose's `.env`. The first is read by systemd (`EnvironmentFile=`, for the API) and by
 * shells (`. /etc/nexushub/env`, in scripts), which do not agree on everything. This parser follows systemd, because the
 * API runs with those values, and reports by line number where a shell would read something else.
 * Values are secrets: no message quotes one.
 */

/** `systemd`: EnvironmentFile= in systemd.exec(5). `compose`: Docker Compose's `.env`, where ` #` ends a plain value. */
export type EnvDialect = "systemd" | "compose";

/** The variables of an environment file. */
export interface EnvFile {
  readonly values: ReadonlyMap<string, string>;
  /** Problems, for people: `line 3: …`. */
  readonly notes: readonly string[];
}

const BLANK = /[ \t]/;
const NEWLINE = /[\r\n]/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A parsed value. */
interface ParsedValue {
  readonly value: string;
  /** Index of the first character after it. */
  readonly end: number;
  readonly notes: readonly string[];
}

/** Parses the text of an env file. Never throws: a line that cannot be parsed is reported in `notes`. */
export function parseEnvFile(text: string, dialect: EnvDialect = "systemd"): EnvFile {
  const values = new Map<string, string>();
  const notes: string[] = [];
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  if (source !== text)
    notes.push("line 1: it begins with a byte order mark; systemd ignores that line");
  if (source.includes("\r"))
    notes.push("lines end in CR LF; a shell makes the CR part of each value");
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
      if (key.startsWith(";")) notes.push(`line ${line}: only systemd treats ";" as a comment`);
      if (plain[at - 1] === "\\")
        notes.push(
          `line ${line}: the comment ends in a backslash, so systemd before 254 skips the next line`,
        );
    } else if (plain[at] !== "=") {
      if (key !== "") notes.push(`line ${line}: no "=", so it is ignored`);
    } else {
      const name = key.replace(/^export\s+/, "");
      const parsed = readValue(plain, at + 1, dialect);
      at = parsed.end;
      const lineNotes = [...parsed.notes];
      if (name !== key && dialect === "systemd")
        lineNotes.push(
          `systemd ignores a line that begins with "export", so the API does not see ${name}`,
        );
      if (
        BLANK.test(plain[head.lastIndex - 1] ?? "") ||
        BLANK.test(plain[head.lastIndex + 1] ?? "")
      )
        lineNotes.push(`a shell does not accept blanks around "="`);
      if (NAME.test(name)) values.set(name, parsed.value);
      else lineNotes.push('the text before "=" is not a variable name, so it is ignored');
      notes.push(...lineNotes.map((text) => `line ${line}: ${text}`));
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
 * Parses from after the "=" to the end of the line: any number of quoted segments, then plain text
 * (parse_env_file_internal() in systemd's src/basic/env-file.c). Plain text may contain quotes and blanks.
 */
function readValue(text: string, from: number, dialect: EnvDialect): ParsedValue {
  const notes: string[] = [];
  let value = "";
  let at = from;
  for (let segments = 0; ; segments++) {
    const end = at;
    while (BLANK.test(text[at] ?? "")) at++;
    const quote = text[at];
    if (segments > 0 && at > end && quote !== undefined && !NEWLINE.test(quote))
      notes.push("systemd appends the text after the quote, a shell runs it as a command");
    if (quote !== "'" && quote !== '"') break;
    const segment = quote === "'" ? readSingle(text, at + 1) : readDouble(text, at + 1);
    value += segment.value;
    at = segment.end;
    notes.push(...segment.notes);
    if (dialect === "compose") {
      // Only a comment can follow a quoted value.
      return { value, end: endOfLine(text, at), notes };
    }
  }
  const rest = readPlain(text, at, dialect);
  return { value: value + rest.value, end: rest.end, notes: [...notes, ...rest.notes] };
}

function readSingle(text: string, from: number): ParsedValue {
  const close = text.indexOf("'", from);
  if (close < 0)
    return { value: text.slice(from), end: text.length, notes: ["the quote ' is never closed"] };
  return { value: text.slice(from, close), end: close + 1, notes: [] };
}

function readDouble(text: string, from: number): ParsedValue {
  let value = "";
  let expands = false;
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    const notes = expands ? ["a shell would expand the $ or ` in it"] : [];
    if (char === '"') return { value, end: at + 1, notes };
    if (char === "\\") {
      const next = text[++at] ?? "";
      // SHELL_NEED_ESCAPE in systemd's src/basic/escape.h; the same list as in POSIX 2.2.3.
      if ('"\\`$'.includes(next)) value += next;
      else if (next !== "\n") value += `\\${next}`;
      continue;
    }
    if (char === "$" || char === "`") expands = true;
    value += char;
  }
  return { value, end: text.length, notes: ['the quote " is never closed'] };
}

/** Characters with a meaning to a shell in an unquoted assignment (POSIX 2.2; patterns are not expanded there). */
const SHELL_SPECIAL = /[|&;<>()$`"'~ \t]/;

function readPlain(text: string, from: number, dialect: EnvDialect): ParsedValue {
  let value = "";
  let literal = 0; // length of the value up to its last escaped character: blanks before it are not trimmed
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
  const trimmed = value.slice(0, literal) + value.slice(literal).replace(/[ \t]+$/, "");
  const special = dialect === "systemd" && SHELL_SPECIAL.test(unescaped.trimEnd());
  const notes = special
    ? ["systemd reads the value literally, a shell does not; put it in single quotes"]
    : [];
  return { value: trimmed, end: Math.min(at, text.length), notes };
}
