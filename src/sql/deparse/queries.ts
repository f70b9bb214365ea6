/** Finds the lists of columns and of sort keys of queries in deparsed SQL. */
import { skipQuoted, unquotedIndexes } from "./scan.ts";

/** One expression of a list: where its text begins, and the index after it. */
export interface ListItem {
  readonly start: number;
  readonly end: number;
}

export interface List {
  /** Where the text of the list begins; for columns, before `DISTINCT` and `WITH (OLD AS …)`. */
  readonly start: number;
  readonly items: readonly ListItem[];
  /** The index after the list. */
  readonly end: number;
}

/** A first column that is a CASE is on a line of its own. */
const SELECT = /SELECT\s/y;
/** What comes before a query; SELECT is a privilege, too, and a statement that begins with it is ours. */
const BEFORE_QUERY =
  /(?:[();]|\b(?:AS|UNION|EXCEPT|INTERSECT|ALL|ATOMIC|DO|ALSO|INSTEAD|VALUE))\s*$/;
/** The longest of these words, and the deepest indentation (PRETTYINDENT_LIMIT, src/backend/utils/adt/ruleutils.c). */
const MAX_BEFORE = 100;
const RETURNING = /RETURNING\s/y;
/** Syntax of JSON, where RETURNING is followed by a type. */
const JSON_CALL = /\bJSON(?:_[A-Z]+)?$/;
/** What ends a list. `WITHIN GROUP (` belongs to an aggregate, `COLLATION FOR (` is a call. */
const CLAUSE =
  /\s+(?:FROM|WHERE|UNION|INTERSECT|EXCEPT|ORDER|LIMIT|OFFSET|FETCH|GROUP(?=\s+BY)|HAVING|WINDOW|RETURNING|FOR(?=\s+[A-Z])|ON(?=\s+CONFLICT)|WITH(?=\s+(?:NO\s+)?DATA))\b/y;
/** What ends a query that is not in parentheses. */
const NEXT_QUERY = /\s(?:UNION|INTERSECT|EXCEPT)\b/y;
const SORT_KEYS = /\s(?:GROUP|ORDER) BY\s/y;
const DISTINCT_ON = /DISTINCT ON \(/y;
const DISTINCT = /^DISTINCT\s*/;
const WITH_PARENTHESES = /^(?:DISTINCT ON|WITH) (?=\()/;

/** The columns of every SELECT and RETURNING, those of queries inside others too. */
export function columnLists(sql: string): List[] {
  if (!sql.includes("SELECT") && !sql.includes("RETURNING")) return [];
  const lists: List[] = [];
  const parentheses: number[] = [];
  for (let at = 0; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    const char = sql[at]!;
    if (char === "(") parentheses.push(at);
    else if (char === ")") parentheses.pop();
    else if (char === "S" && isSelect(sql, at)) lists.push(columns(sql, SELECT.lastIndex));
    else if (char === "R" && isReturning(sql, at, parentheses.at(-1)))
      lists.push(columns(sql, RETURNING.lastIndex));
    at++;
  }
  return lists;
}

function isSelect(sql: string, at: number): boolean {
  return (
    startsWith(SELECT, sql, at) && BEFORE_QUERY.test(sql.slice(Math.max(0, at - MAX_BEFORE), at))
  );
}

function isReturning(sql: string, at: number, open = 0): boolean {
  return (
    startsWith(RETURNING, sql, at) &&
    /\s/.test(sql[at - 1] ?? "") &&
    !JSON_CALL.test(sql.slice(Math.max(0, open - MAX_BEFORE), open))
  );
}

function columns(sql: string, start: number): List {
  const list = listAt(sql, start);
  const [first, ...others] = list.items;
  const prefix = prefixLength(sql.slice(first!.start, first!.end));
  return { ...list, items: [{ ...first!, start: first!.start + prefix }, ...others] };
}

/** The length of `DISTINCT`, `DISTINCT ON (…)` or `WITH (OLD AS …)` before the first column. */
function prefixLength(text: string): number {
  const [prefix] = WITH_PARENTHESES.exec(text) ?? [];
  if (prefix === undefined) return DISTINCT.exec(text)?.[0].length ?? 0;
  const rest = text.slice(prefix.length);
  const after = rest.slice(closingAt(rest) + 1);
  return text.length - after.trimStart().length;
}

/** The keys of DISTINCT ON, GROUP BY and ORDER BY of the query with these columns. */
export function sortKeyLists(sql: string, columnList: List): List[] {
  const lists = startsWith(DISTINCT_ON, sql, columnList.start)
    ? [listAt(sql, DISTINCT_ON.lastIndex)]
    : [];
  let depth = 0;
  for (let at = columnList.end; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    const char = sql[at]!;
    if (char === "(" || char === "[") depth++;
    else if (char === ")" || char === "]") depth--;
    if (depth < 0 || char === ";" || (depth === 0 && startsWith(NEXT_QUERY, sql, at))) break;
    if (depth === 0 && startsWith(SORT_KEYS, sql, at)) {
      const list = listAt(sql, SORT_KEYS.lastIndex);
      lists.push(list);
      at = list.end;
    } else at++;
  }
  return lists;
}

function startsWith(sticky: RegExp, sql: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(sql);
}

/** The list that begins at `start`; at least one item, which is empty where nothing is listed. */
function listAt(sql: string, start: number): List {
  const items: ListItem[] = [];
  let depth = 0;
  let from = start;
  const item = (to: number): void => {
    const text = sql.slice(from, to);
    const end = from + text.trimEnd().length;
    items.push({ start: Math.min(end, to - text.trimStart().length), end });
  };
  for (let at = start; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    const char = sql[at]!;
    if (depth === 0 && (char === ")" || char === ";" || startsWith(CLAUSE, sql, at))) {
      item(at);
      return { start, items, end: at };
    }
    if (char === "(" || char === "[") depth++;
    else if (char === ")" || char === "]") depth--;
    else if (char === "," && depth === 0) {
      item(at);
      from = at + 1;
    }
    at++;
  }
  item(sql.length);
  return { start, items, end: sql.length };
}

/** What is in the parentheses around the whole text; undefined without them. */
export function inParentheses(text: string): string | undefined {
  return text.startsWith("(") && closingAt(text) === text.length - 1
    ? text.slice(1, -1)
    : undefined;
}

/** The index of the parenthesis that closes the one with which the text begins. */
function closingAt(text: string): number {
  let depth = 0;
  for (const at of unquotedIndexes(text)) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at;
  }
  return text.length;
}

/** An identifier as the server writes it. */
export const IDENTIFIER = String.raw`(?:"(?:[^"]|"")*"|[a-z_\u0080-\uFFFF][a-z0-9_$\u0080-\uFFFF]*)`;
/** The name of a column, after its expression. */
export const ALIAS = new RegExp(` AS ${IDENTIFIER}$`);
