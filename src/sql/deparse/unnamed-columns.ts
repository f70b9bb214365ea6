/**
 * A column without a name of its own (a constant, an operator's result) is called `?column?`, and so can be any column that was
 * named so. Where nobody sees the names of columns (in the body of a function, under EXISTS), and up to 15 everywhere, the server
 * deparses a column of that name without one, unless it is that of a relation (get_target_list(), src/backend/utils/adt/ruleutils.c).
 * What is read again gets its name from the expression: `'x'::text` is called `text`, `COALESCE(a, b)` is called `coalesce`.
 *
 * So each gets that name. It is left out only where the expression surely gives none (FigureColnameInternal(),
 * src/backend/parser/parse_target.c): for numbers and for operators, among which are AND, OR, NOT, IS, IN, ANY and ALL. All else
 * can give one: a cast, a call, a field or an element of such an expression, CASE, ARRAY, ROW, a query.
 */
import { ALIAS, columnLists, IDENTIFIER, inParentheses } from "./queries.ts";
import { insertAll, unquotedIndexes } from "./scan.ts";

const NAME = ' AS "?column?"';
/** `a`, `t.a`, `t.*`, `*`: named after the column, or many columns. */
const COLUMN = new RegExp(`^(?!(?:true|false)$)(?:${IDENTIFIER}\\.)*(?:${IDENTIFIER}|\\*)$`);
const NUMBER = /^-?[\d.]+(?:e[-+]?\d+)?$/i;
/** An operator, with spaces around it, at the outermost level of an expression that the server puts in parentheses. */
const OPERATOR =
  /^(?:NOT\b|[-+~!@#%^&|`?*/<>=]+\s?)|\s(?:[-+~!@#%^&|`?*/<>=]+|OPERATOR\([^)]*\)|AND|OR|IS(?: NOT)?|~~?\*?)(?:\s|$)/;
/** `( SELECT … )` has the name of its column, and can be sorted `USING >`; `(a IS NFC NORMALIZED)` is a call of `is_normalized`. */
const NO_OPERATOR = /\b(?:SELECT|VALUES|UNION|INTERSECT|EXCEPT)\b|\bNORMALIZED$/;

/** The SQL with a name for each such column that would be called otherwise. */
export function nameColumns(sql: string): string {
  const columns = columnLists(sql).flatMap(({ items }) => items);
  return insertAll(
    sql,
    columns
      .filter(({ start, end }) => needsName(sql.slice(start, end)))
      .map(({ end }) => ({ at: end, text: NAME })),
  );
}

function needsName(text: string): boolean {
  if (text === "" || ALIAS.test(text) || COLUMN.test(text) || text.endsWith(".*")) return false;
  return !NUMBER.test(text) && !isOperation(text);
}

/** Whether it is `(a + b)`, whose column is called `?column?` by itself. */
function isOperation(text: string): boolean {
  const inner = inParentheses(text);
  if (inner === undefined) return false;
  if (isOperation(inner)) return true;
  const outermost = atTopLevel(inner);
  return OPERATOR.test(outermost) && !NO_OPERATOR.test(outermost);
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
