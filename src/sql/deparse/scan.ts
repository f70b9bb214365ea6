/** Scans SQL for quoted text: strings, quoted identifiers and dollar-quoted strings. */

/** The index after the quoted text that begins at `at`; `at` itself when none does. */
export function skipQuoted(sql: string, at: number): number {
  const char = sql[at];
  if (char === "'" || char === '"') {
    const escapes = char === "'" && /[eE]/.test(sql[at - 1] ?? "") && !/\w/.test(sql[at - 2] ?? "");
    for (let end = at + 1; end < sql.length; end++) {
      if (escapes && sql[end] === "\\") end++;
      else if (sql[end] === char) {
        if (sql[end + 1] !== char) return end + 1;
        end++;
      }
    }
    return sql.length;
  }
  if (char === "$" && !/[\w$]/.test(sql[at - 1] ?? "")) {
    const tag = /\$(?:[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$/y;
    tag.lastIndex = at;
    const delimiter = tag.exec(sql)?.[0];
    if (delimiter !== undefined) {
      const end = sql.indexOf(delimiter, at + delimiter.length);
      return end < 0 ? sql.length : end + delimiter.length;
    }
  }
  return at;
}

/** The indexes of all characters outside quoted text. For short texts: in a long one a loop over `skipQuoted` is faster. */
export function* unquotedIndexes(sql: string): Generator<number> {
  for (let at = 0; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end === at) yield at++;
    else at = end;
  }
}

/** SQL with all quoted text emptied, so that whatever looks like a keyword is one. */
export function withoutQuoted(sql: string): string {
  let result = "";
  for (let at = 0; at < sql.length;) {
    const end = skipQuoted(sql, at);
    result += end > at ? sql[at]! + sql[end - 1]! : sql[at]!;
    at = end > at ? end : at + 1;
  }
  return result;
}

/**
 * Replaces parts of SQL outside quoted text.
 * @param find returns the replacement of what begins at an index, and the index after it; null to keep the character.
 */
export function rewrite(
  sql: string,
  find: (at: number) => { text: string; end: number } | null,
): string {
  let result = "";
  for (let at = 0; at < sql.length;) {
    const end = skipQuoted(sql, at);
    const replacement = end > at ? { text: sql.slice(at, end), end } : find(at);
    result += replacement?.text ?? sql[at]!;
    at = replacement?.end ?? at + 1;
  }
  return result;
}

/** Text to be put at an index of the SQL, in place of what is there up to `end`. */
export interface Insert {
  readonly at: number;
  /** Default `at`: nothing is replaced. */
  readonly end?: number;
  readonly text: string;
}

/** The SQL with all of it inserted, in any order. What lies inside replaced text is not. */
export function insertAll(sql: string, inserts: readonly Insert[]): string {
  if (inserts.length === 0) return sql;
  let result = "";
  let from = 0;
  for (const { at, end = at, text } of inserts.toSorted((a, b) => a.at - b.at)) {
    if (at < from) continue;
    result += sql.slice(from, at) + text;
    from = end;
  }
  return result + sql.slice(from);
}

/** The parts of SQL between the places outside quoted text where a separator is. */
export function splitUnquoted(sql: string, separator: string): string[] {
  if (!sql.includes(separator)) return [sql];
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) at = end;
    else if (sql.startsWith(separator, at)) {
      parts.push(sql.slice(start, at));
      at += separator.length;
      start = at;
    } else at++;
  }
  return [...parts, sql.slice(start)];
}
