/**
 * `GROUP BY 1, 2` of two columns with the same expression is deparsed as that expression, twice. The parser finds the first
 * column for both, and drops one of them (findTargetlistEntrySQL99() and addTargetToGroupList(),
 * src/backend/parser/parse_clause.c); so it does in ORDER BY and DISTINCT ON. The number of a column stays that column.
 */
import { ALIAS, columnLists, inParentheses, type List, sortKeyLists } from "./queries.ts";
import { type Insert, insertAll } from "./scan.ts";

/** What follows the expression of a sort key. */
const DIRECTION = /(?: USING (?:OPERATOR\(.*\)|\S+)| DESC)?(?: NULLS (?:FIRST|LAST))?$/s;
/** A number or a boolean, which is deparsed with its type as a sort key alone. */
const TYPED_CONSTANT = /^(-?[\d.]+(?:e[-+]?\d+)?|true|false)::(?:integer|numeric|boolean)$/;

/** The SQL with the column's number for each sort key that was there before. */
export function numberRepeatedKeys(sql: string): string {
  if (!sql.includes(" BY") && !sql.includes("DISTINCT ON ")) return sql;
  return insertAll(
    sql,
    columnLists(sql).flatMap((columns) =>
      sortKeyLists(sql, columns).flatMap((keys) => repeated(sql, columns, keys)),
    ),
  );
}

function repeated(sql: string, columns: List, keys: List): Insert[] {
  const texts = columns.items.map(({ start, end }) => expression(sql.slice(start, end)));
  const seen = new Map<string, number>();
  return keys.items.flatMap(({ start, end }) => {
    const text = sql.slice(start, end).replace(DIRECTION, "");
    const key = expression(text);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    const number = count === 0 ? undefined : positions(texts, key)[count];
    return number === undefined ? [] : [{ at: start, end: start + text.length, text: number }];
  });
}

/** The numbers of the columns with this expression. */
function positions(texts: readonly string[], key: string): string[] {
  return texts.flatMap((text, n) => (text === key ? [String(n + 1)] : []));
}

/** The expression of a column or a sort key: calls of functions are in parentheses only there. */
function expression(text: string): string {
  const bare = text.replace(ALIAS, "").replace(TYPED_CONSTANT, "$1");
  return inParentheses(bare) ?? bare;
}
