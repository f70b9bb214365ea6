/**
 * A constant that was written without a cast is a column called `?column?`. Where nobody sees the names of columns (in the
 * body of a function, under EXISTS) the server deparses it as `'x'::text` without a name, which is a column called `text`
 * when it is read again (get_target_list(), src/backend/utils/adt/ruleutils.c, and FigureColname()).
 */
import { insertAll, skipQuoted } from "./scan.ts";

const SELECT = "SELECT ";
const NAME = ' AS "?column?"';
const CONSTANT =
  /^(?:E?'.*'|NULL)::(?:"(?:[^"]|"")*"|[\w.])+(?:\(\d+(?:,\d+)?\))?(?: (?:varying|precision|with(?:out)? time zone))*(?:\(\d+\))?(?:\[\])?$/s;
/** What ends a list of columns. */
const CLAUSE =
  /\s+(?:FROM|WHERE|UNION|INTERSECT|EXCEPT|ORDER|LIMIT|OFFSET|FETCH|GROUP|HAVING|WINDOW|RETURNING)\b/y;

/** The SQL with a name for each such column. */
export function nameColumns(sql: string): string {
  if (!sql.includes(SELECT) || !/(?:'|NULL)::/.test(sql)) return sql;
  const ends: number[] = [];
  for (let at = 0; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) at = end;
    else {
      if (sql.startsWith(SELECT, at) && !/[\w"$]/.test(sql[at - 1] ?? " "))
        ends.push(...constants(sql, at + SELECT.length));
      at++;
    }
  }
  return insertAll(
    sql,
    ends.map((at) => ({ at, text: NAME })),
  );
}

/** Where the constants without a name end in the list of columns that begins at `start`. */
function constants(sql: string, start: number): number[] {
  const ends: number[] = [];
  let depth = 0;
  let from = start;
  const item = (to: number): void => {
    const text = sql.slice(from, to).trimEnd();
    if (CONSTANT.test(text.trimStart()) && isOneConstant(text.trimStart()))
      ends.push(from + text.length);
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

/** Whether the first string of the text is the only one. */
function isOneConstant(text: string): boolean {
  if (text.startsWith("NULL::")) return true;
  return text.startsWith("::", skipQuoted(text, text.indexOf("'")));
}
