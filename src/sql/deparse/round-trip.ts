/**
 * Deparsed expressions do not always parse back to the tree that they came from, so a restored CHECK or view would be
 * dumped with another text. These forms are common, and can be spelled so that they parse to the same tree:
 *
 * - `varchar_column IN ('a', 'b')` is deparsed with a cast of the whole array, which the parser moves into each element
 *   (transformTypeCast, src/backend/parser/parse_expr.c). Without it the parser adds the original cast.
 * - `x BETWEEN a AND b AND c` is deparsed as a nested AND, which the grammar flattens when it comes first (makeAndExpr,
 *   src/backend/parser/gram.y). Spelled as BETWEEN it stays nested.
 * - `EXTRACT('YEAR' FROM x)` is deparsed without quotes (since 14; get_func_sql_syntax, src/backend/utils/adt/ruleutils.c),
 *   so that the parser folds it to lower case.
 * - `CYCLE … SET mark TO 'Y'` is deparsed with a cast, `'Y'::text`, that the grammar does not allow there (AexprConst,
 *   src/backend/parser/gram.y). It allows `text 'Y'`, which is the same constant.
 */
import { collatedCasts } from "./collated-casts.ts";
import { quoteJoinedWords } from "./joined-words.ts";
import { keepTrees } from "./kept-trees.ts";
import { numberRepeatedKeys } from "./repeated-keys.ts";
import { rewrite, skipQuoted } from "./scan.ts";
import { nameColumns } from "./unnamed-columns.ts";

const COERCED_ARRAY =
  /\b(ANY|ALL) \(\((ARRAY\[(?:'(?:[^']|'')*'::character varying(?:, )?)+\])\)::text\[\]\)/y;

const EXTRACT = /\bEXTRACT\((\w*[A-Z]\w*)(?= FROM )/y;

/** The two constants of a CYCLE clause; quoted ones have casts. */
const CYCLE_MARKS =
  /\bTO (E?'(?:[^']|'')*'::[^']+?|\S+) DEFAULT (E?'(?:[^']|'')*'::[^']+?|\S+)(?= USING )/y;

/** Respells deparsed SQL so that it parses to the tree that it came from. */
export function roundTrips(sql: string): string {
  const respelled = quoteJoinedWords(
    cycleMarks(extracts(betweens(coercedArrays(collatedCasts(sql))))),
  );
  return nameColumns(numberRepeatedKeys(keepTrees(respelled)));
}

function coercedArrays(sql: string): string {
  if (!sql.includes("::text[]")) return sql;
  return rewrite(sql, (at) => {
    COERCED_ARRAY.lastIndex = at;
    const match = COERCED_ARRAY.exec(sql);
    return match === null
      ? null
      : { text: `${match[1]!} (${match[2]!})`, end: COERCED_ARRAY.lastIndex };
  });
}

function extracts(sql: string): string {
  if (!sql.includes("EXTRACT(")) return sql;
  return rewrite(sql, (at) => {
    EXTRACT.lastIndex = at;
    const match = EXTRACT.exec(sql);
    return match === null ? null : { text: `EXTRACT('${match[1]!}'`, end: EXTRACT.lastIndex };
  });
}

function cycleMarks(sql: string): string {
  if (!sql.includes(" CYCLE ")) return sql;
  const constant = (text: string): string =>
    text.replace(/^(E?'[^]*')::(.+)$/, (_, quoted: string, type: string) => `${type} ${quoted}`);
  return rewrite(sql, (at) => {
    CYCLE_MARKS.lastIndex = at;
    const match = CYCLE_MARKS.exec(sql);
    return match === null
      ? null
      : {
          text: `TO ${constant(match[1]!)} DEFAULT ${constant(match[2]!)}`,
          end: CYCLE_MARKS.lastIndex,
        };
  });
}

/** The index after the parenthesis that closes the one at `open`; -1 when there is none. */
function closing(sql: string, open: number): number {
  let depth = 0;
  for (let at = open; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    if (sql[at] === "(") depth++;
    else if (sql[at] === ")" && --depth === 0) return at + 1;
    at++;
  }
  return -1;
}

/** `left` and `right` of `(left <operator> right)`, where the operator is not inside further parentheses. */
function comparison(sql: string, operator: string): { left: string; right: string } | null {
  let depth = 0;
  for (let at = 1; at < sql.length - 1;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    if (sql[at] === "(" || sql[at] === "[") depth++;
    else if (sql[at] === ")" || sql[at] === "]") depth--;
    else if (depth === 0 && sql.startsWith(` ${operator} `, at)) {
      return { left: sql.slice(1, at), right: sql.slice(at + operator.length + 2, -1) };
    }
    at++;
  }
  return null;
}

/** Exactly `((x >= a) AND (x <= b))` at `open`, spelled with BETWEEN, and the index after it; null for other text. */
function betweenAt(sql: string, open: number): { text: string; end: number } | null {
  if (!sql.startsWith("((", open)) return null;
  const firstEnd = closing(sql, open + 1);
  if (firstEnd < 0 || !sql.startsWith(" AND (", firstEnd)) return null;
  const secondEnd = closing(sql, firstEnd + 5);
  if (secondEnd < 0 || sql[secondEnd] !== ")") return null;
  const low = comparison(sql.slice(open + 1, firstEnd), ">=");
  const high = comparison(sql.slice(firstEnd + 5, secondEnd), "<=");
  if (low === null || high === null || low.left !== high.left) return null;
  if (!isOperand(low.right) || !isOperand(high.right)) return null;
  return { text: `(${low.left} BETWEEN ${low.right} AND ${high.right})`, end: secondEnd + 1 };
}

/** Casts to types whose names contain spaces. */
const SPACED_TYPE =
  /::(?:time|timestamp)(?:\(\d\))? with(?:out)? time zone|::double precision|::(?:character|bit) varying/g;

/** Whether text can be an operand of BETWEEN: it has no operator outside parentheses and is not ALL (…). */
function isOperand(sql: string): boolean {
  let depth = 0;
  let outside = "";
  for (let at = 0; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      outside += "_";
      continue;
    }
    const char = sql[at++]!;
    if (char === "(" || char === "[") depth++;
    else if (char === ")" || char === "]") depth--;
    else if (depth === 0) outside += char;
  }
  return !outside.replaceAll(SPACED_TYPE, "").includes(" ");
}

function betweens(sql: string): string {
  if (!sql.includes(" <= ")) return sql;
  return rewrite(sql, (at) => (sql[at] === "(" ? betweenAt(sql, at) : null));
}
