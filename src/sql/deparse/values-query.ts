/**
 * A view over VALUES whose columns have names of their own is deparsed as a SELECT from VALUES, which is another query when
 * it is read again, and is then deparsed as `FROM ( VALUES`. Written as VALUES it is the same query (get_simple_values_rte(),
 * src/backend/utils/adt/ruleutils.c); the names then belong into the list of columns of CREATE VIEW.
 */
import { rewrite, skipQuoted } from "./scan.ts";

/** `SELECT column1 AS q, column2` and on to the list of values; the names can be any. */
const SELECT =
  /SELECT (?:(?:"\*VALUES\*"\.)?column\d+(?: AS (?:"(?:[^"]|"")*"|[^\s,"]+))?,?\s+)+FROM \((?=VALUES )/y;
const ALIAS = ') "*VALUES*"';

/** The query with VALUES for each SELECT of all columns of a VALUES. */
export function valuesQuery(sql: string): string {
  if (!sql.includes("FROM (VALUES ")) return sql;
  return rewrite(sql, (at) => {
    SELECT.lastIndex = at;
    const match = SELECT.exec(sql);
    if (match === null) return null;
    const start = SELECT.lastIndex;
    const close = closing(sql, start);
    if (!sql.startsWith(ALIAS, close) || !isInOrder(match[0])) return null;
    return { text: sql.slice(start, close), end: close + ALIAS.length };
  });
}

/** Whether the columns are the first, the second and so on. */
function isInOrder(select: string): boolean {
  const numbers = [...select.matchAll(/(?:SELECT |,\s+)(?:"\*VALUES\*"\.)?column(\d+)/g)];
  return numbers.every(([, number], n) => Number(number) === n + 1);
}

/** The index of the parenthesis that closes the one before `start`. */
function closing(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    if (sql[at] === "(") depth++;
    else if (sql[at] === ")" && depth-- === 0) return at;
    at++;
  }
  return sql.length;
}
