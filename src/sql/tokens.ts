/**
 * The tokens of SQL text, as PostgreSQL's scanner reads it with standard_conforming_strings on (src/backend/parser/scan.l).
 * For judging text that nobody here wrote: what it takes for a string or a comment, the server does, too.
 */

export type TokenKind = "word" | "name" | "string" | "number" | "symbol" | "unended";

export interface Token {
  /** A `name` is a quoted identifier, a `word` a bare one or a keyword; `unended` text lacks its closing quote. */
  readonly kind: TokenKind;
  /** A word in lower case, a name or a string without its quotes, the text of anything else. */
  readonly value: string;
}

const BLANK = /[ \t\n\r\f\v]+/y;
const LINE_COMMENT = /--[^\n\r]*/y;
const WORD = /[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*/y;
const NUMBER = /(?:\d[\w]*(?:\.\w*)?|\.\d\w*)(?:(?<=[eE])[+-]\d+)?/y;
const PARAMETER = /\$\d+/y;
const DOLLAR = /\$(?:[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$/y;
/** Constants and names with a prefix: `E'…'`, `B'…'`, `X'…'`, `N'…'`, `U&'…'`, `U&"…"`. */
const PREFIXED = /(?:[eEbBxXnN]|[uU]&)(?=')|[uU]&(?=")/y;

/** The tokens of a text, without blanks and comments. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length;) {
    const skipped = skipBlanks(sql, at);
    if (skipped < 0) {
      tokens.push({ kind: "unended", value: sql.slice(at) });
      return tokens;
    }
    at = skipped;
    if (at >= sql.length) return tokens;
    const { token, end } = tokenAt(sql, at);
    tokens.push(token);
    at = end;
  }
  return tokens;
}

interface Scanned {
  readonly token: Token;
  readonly end: number;
}

function match(pattern: RegExp, sql: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
}

/** The index after blanks and comments; -1 when a comment does not end. Block comments nest. */
function skipBlanks(sql: string, start: number): number {
  let at = start;
  for (;;) {
    const blank = match(BLANK, sql, at) ?? match(LINE_COMMENT, sql, at);
    if (blank !== undefined) at += blank.length;
    else if (sql.startsWith("/*", at)) {
      at = endOfComment(sql, at);
      if (at < 0) return at;
    } else return at;
  }
}

function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at++) {
    if (sql.startsWith("/*", at)) {
      depth++;
      at++;
    } else if (sql.startsWith("*/", at)) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

function tokenAt(sql: string, at: number): Scanned {
  const prefix = match(PREFIXED, sql, at) ?? "";
  const quote = sql[at + prefix.length];
  if (quote === "'" || quote === '"')
    return quoted(sql, at + prefix.length, /^e$/i.test(prefix) && quote === "'");
  const dollar = match(DOLLAR, sql, at);
  if (dollar !== undefined) return dollarQuoted(sql, at, dollar);
  const word = match(WORD, sql, at);
  if (word !== undefined)
    return { token: { kind: "word", value: word.toLowerCase() }, end: at + word.length };
  const number = match(NUMBER, sql, at) ?? match(PARAMETER, sql, at);
  if (number !== undefined)
    return { token: { kind: "number", value: number }, end: at + number.length };
  return { token: { kind: "symbol", value: sql[at]! }, end: at + 1 };
}

function quoted(sql: string, start: number, escapes: boolean): Scanned {
  const quote = sql[start]!;
  const kind = quote === "'" ? "string" : "name";
  for (let at = start + 1; at < sql.length; at++) {
    if (escapes && sql[at] === "\\") at++;
    else if (sql[at] === quote) {
      if (sql[at + 1] === quote) at++;
      else {
        const value = sql.slice(start + 1, at).replaceAll(quote + quote, quote);
        return { token: { kind, value }, end: at + 1 };
      }
    }
  }
  return { token: { kind: "unended", value: sql.slice(start) }, end: sql.length };
}

function dollarQuoted(sql: string, start: number, delimiter: string): Scanned {
  const from = start + delimiter.length;
  const end = sql.indexOf(delimiter, from);
  return end < 0
    ? { token: { kind: "unended", value: sql.slice(start) }, end: sql.length }
    : {
        token: { kind: "string", value: sql.slice(from, end) },
        end: end + delimiter.length,
      };
}
