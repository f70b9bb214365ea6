/**
 * A cast to text of what has a COLLATE: the parser puts the cast below it (`coerce_type()`, src/backend/parser/parse_coerce.c), so
 * that `((x COLLATE "C"))::text` comes back as `((x)::text COLLATE "C")`. The server itself builds the former, in row comparisons.
 */
import { type Insert, insertAll, skipQuoted } from "./scan.ts";

const CAST = "::text";
/** At the end of an operand in parentheses. */
const COLLATE = / COLLATE (?:"(?:[^"]|"")*"|[\w$])+(?:\.(?:"(?:[^"]|"")*"|[\w$])+)?$/;

export function collatedCasts(sql: string): string {
  if (!sql.includes(" COLLATE ") || !sql.includes(`))${CAST}`)) return sql;
  const inserts: Insert[] = [];
  const open: number[] = [];
  for (let at = 0; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    if (sql[at] === "(") open.push(at);
    if (sql[at] === ")") {
      const start = open.pop() ?? at;
      if (sql.startsWith(`)${CAST}`, at + 1) && open.at(-1) === start - 1)
        inserts.push(...castBelow(sql, start + 1, at));
    }
    at++;
  }
  return insertAll(sql, inserts);
}

/** @param from where the operand begins. @param close its parenthesis, before that of the cast. */
function castBelow(sql: string, from: number, close: number): Insert[] {
  const end = close + 1 + `)${CAST}`.length;
  const match = COLLATE.exec(sql.slice(from, close));
  // Not of a type whose name only begins so, nor of an array.
  if (match === null || /[\w[(]/.test(sql[end] ?? "")) return [];
  return [
    { at: from + match.index, text: `)${CAST}` },
    { at: close, end, text: ")" },
  ];
}
