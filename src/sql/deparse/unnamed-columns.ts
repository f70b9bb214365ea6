/**
 * A column without a name of its own (a constant, an operator's result) is called `?column?`, and so can be any column that was
 * named so. Where nobody sees the names of columns (in the body of a function, under EXISTS), and up to 15 everywhere, the server
 * deparses a column of that name without one. What is read again gets its name from the expression: `'x'::text` is called `text`,
 * `COALESCE(a, b)` is called `coalesce` (get_target_list(), src/backend/utils/adt/ruleutils.c, and FigureColname()).
 */
import { insertAll, skipQuoted, unquotedIndexes } from "./scan.ts";

const SELECT = "SELECT ";
const NAME = ' AS "?column?"';
/** What comes before a query; SELECT is a privilege, too, and a statement that begins with it is ours. */
const BEFORE_QUERY =
  /(?:[();]|\b(?:AS|UNION|EXCEPT|INTERSECT|ALL|ATOMIC|DO|ALSO|INSTEAD|VALUE))\s*$/;
/** What ends a list of columns. `WITHIN GROUP (` belongs to an aggregate. */
const CLAUSE =
  /\s+(?:FROM|WHERE|UNION|INTERSECT|EXCEPT|ORDER|LIMIT|OFFSET|FETCH|GROUP(?=\s+BY)|HAVING|WINDOW|RETURNING|FOR|ON(?=\s+CONFLICT)|WITH(?=\s+(?:NO\s+)?DATA))\b/y;

const IDENTIFIER = String.raw`(?:"(?:[^"]|"")*"|[a-z_\u0080-\uFFFF][a-z0-9_$\u0080-\uFFFF]*)`;
/** `a`, `t.a`, `t.*`, `*`: named after the column, or many columns. */
const COLUMN = new RegExp(`^(?!(?:true|false)$)(?:${IDENTIFIER}\\.)*(?:${IDENTIFIER}|\\*)$`);
const ALIAS = new RegExp(` AS ${IDENTIFIER}$`);
const NUMBER = /^-?[\d.]+(?:e[-+]?\d+)?$/i;
const DISTINCT = /^DISTINCT(?:\s+ON\b)?\s*/;
/** An operator, which the server writes with spaces around it and in parentheses. */
const OPERATOR =
  /^(?:NOT\b|[-+~!@#%^&|`?*/<>=]+\s?)|\s(?:[-+~!@#%^&|`?*/<>=]+|OPERATOR\([^)]*\)|AND|OR|IS(?: NOT)?|~~?\*?)(?:\s|$)/;

/** The SQL with a name for each such column that would be called otherwise. */
export function nameColumns(sql: string): string {
  if (!sql.includes(SELECT)) return sql;
  const ends: number[] = [];
  for (let at = 0; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) at = end;
    else {
      if (sql.startsWith(SELECT, at) && BEFORE_QUERY.test(sql.slice(Math.max(0, at - 40), at)))
        ends.push(...unnamed(sql, at + SELECT.length));
      at++;
    }
  }
  return insertAll(
    sql,
    ends.map((at) => ({ at, text: NAME })),
  );
}

/** Where the columns that need a name end in the list of columns that begins at `start`. */
function unnamed(sql: string, start: number): number[] {
  const ends: number[] = [];
  let depth = 0;
  let from = start;
  const item = (to: number): void => {
    const text = sql.slice(from, to).trimEnd();
    if (needsName(withoutDistinct(text.trimStart()))) ends.push(from + text.length);
  };
  for (let at = start; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    const char = sql[at]!;
    CLAUSE.lastIndex = at;
    if (depth === 0 && (char === ")" || char === ";" || CLAUSE.test(sql))) {
      item(at);
      return ends;
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
  return ends;
}

/** Without `DISTINCT` and `DISTINCT ON (…)` before the first column. */
function withoutDistinct(text: string): string {
  const [prefix] = DISTINCT.exec(text) ?? [];
  if (prefix === undefined) return text;
  const rest = text.slice(prefix.length);
  return prefix.includes("ON") ? rest.slice(closingAt(rest) + 1).trimStart() : rest;
}

function needsName(text: string): boolean {
  if (text === "" || ALIAS.test(text) || COLUMN.test(text) || text.endsWith(".*")) return false;
  return !NUMBER.test(text) && !isOperation(text);
}

/** Whether it is `(a + b)`, whose column is called `?column?` by itself. */
function isOperation(text: string): boolean {
  if (!text.startsWith("(") || closingAt(text) !== text.length - 1) return false;
  const inner = text.slice(1, -1);
  return isOperation(inner) || OPERATOR.test(atTopLevel(inner));
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

/** The text without what is quoted or in parentheses. */
function atTopLevel(text: string): string {
  let result = "";
  let depth = 0;
  for (const at of unquotedIndexes(text)) {
    const char = text[at]!;
    if (char === ")" || char === "]") depth--;
    if (depth === 0) result += char;
    if (char === "(" || char === "[") depth++;
  }
  return result;
}
