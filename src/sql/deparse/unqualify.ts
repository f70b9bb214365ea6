/**
 * Rewrites the query of a view as PostgreSQL 16 and later deparse it. Up to 15 every column is qualified with its
 * relation, `SELECT t.id FROM t`, because the query had two more relations than its FROM, OLD and NEW. Since 16 the
 * columns of a query over one relation are not qualified, except inside subqueries and WITH (`varprefix` of
 * get_query_def(), src/backend/utils/adt/ruleutils.c).
 */
import { skipQuoted } from "./scan.ts";

interface Token {
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

/** Words in capitals are keywords: as names they would be quoted. */
const SET_OPERATIONS = new Set(["UNION", "INTERSECT", "EXCEPT"]);
const SUBQUERIES = new Set(["SELECT", "WITH", "VALUES"]);
const AFTER_FROM = new Set("WHERE GROUP HAVING WINDOW ORDER OFFSET LIMIT FETCH FOR ;".split(" "));
/** Tokens before the name of a type or collation, whose schema can have the same name as the relation. */
const BEFORE_TYPE = new Set([":", ".", "COLLATE", "AS"]);
/** Matches the token after a column of ORDER BY that is not part of an expression. */
const AFTER_SORTED = /^(?:[,;)]|DESC|NULLS|USING|ORDER|ROWS|RANGE|GROUPS|OFFSET|LIMIT|FETCH|FOR)?$/;

/** The name of the values of a query that is nothing else. */
const VALUES = '"*VALUES*"';
/** The name of an XMLTABLE without an alias. */
const XMLTABLE = '"xmltable"';

const NAME = /^[\p{L}_"]/u;
const KEYWORD = /^[A-Z]/;
const WORD = /[\p{L}\p{N}_$]+/uy;

/**
 * The query of a view that a server up to 15 deparsed, as a newer one does. Text that is not a query over one relation is
 * returned as it is.
 */
export function unqualified(query: string): string {
  const tokens = tokenize(query);
  const text = (at: number): string => tokens[at]?.text ?? "";
  const top = atDepth(tokens, 0, tokens.length);
  if (top.some((at) => SET_OPERATIONS.has(text(at)))) return query;
  const from = top.find((at) => text(at) === "FROM") ?? -1;
  const after = top.find((at) => at > from && AFTER_FROM.has(text(at))) ?? tokens.length;
  const relation =
    from < 0 && text(0) === "VALUES" ? VALUES : onlyRelation(tokens, from + 1, after);
  if ((from < 0 && relation !== VALUES) || relation === null) return query;

  const isColumn = (at: number): boolean =>
    text(at) === relation &&
    text(at + 1) === "." &&
    NAME.test(text(at + 2)) &&
    // Not a type, collation or function in a schema of the same name.
    !BEFORE_TYPE.has(text(at - 1)) &&
    text(at + 3) !== "(";
  const renamed = outputNames(tokens, top, from, isColumn);

  let result = "";
  let copied = 0;
  /** For each open parenthesis, whether it is in ORDER BY, or a list that is sorted like one. */
  const sorted = [false];
  for (let at = 0; at < tokens.length; at++) {
    if (at === from) at = after;
    const before = text(at - 1);
    if (text(at) === "(" && isSubquery(tokens, at)) {
      at = closing(tokens, at);
    } else if (text(at) === "(" || text(at) === "[") {
      sorted.push(before === "ON" && text(at - 2) === "DISTINCT");
    } else if (text(at) === ")" || text(at) === "]") {
      sorted.pop();
    } else if (text(at) === "BY") {
      sorted[sorted.length - 1] = before !== "GROUP";
    } else if (isColumn(at)) {
      // An unqualified name would refer to the output column of that name, which is another expression.
      const isSortedBy =
        sorted.at(-1)! && [",", "BY", "("].includes(before) && AFTER_SORTED.test(text(at + 3));
      if (!isSortedBy || !renamed.has(text(at + 2))) {
        result += query.slice(copied, tokens[at]!.at);
        copied = tokens[at + 2]!.at;
      }
      at += 2;
    }
  }
  return result + query.slice(copied);
}

function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length;) {
    let end = skipQuoted(sql, at);
    if (end === at) {
      WORD.lastIndex = at;
      end = at + (WORD.exec(sql)?.[0].length ?? 1);
    }
    const text = sql.slice(at, end);
    if (text.trim() !== "") tokens.push({ text, at, end });
    at = end;
  }
  return tokens;
}

/** The index of the token that closes the parenthesis or bracket at `open`. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    const { text } = tokens[at]!;
    if (text === "(" || text === "[") depth++;
    else if ((text === ")" || text === "]") && --depth === 0) return at;
  }
  return tokens.length;
}

/** The indexes of the tokens outside all parentheses, and of the opening parentheses themselves. */
function atDepth(tokens: readonly Token[], start: number, end: number): number[] {
  const result: number[] = [];
  for (let at = start; at < end; at++) {
    result.push(at);
    if (tokens[at]!.text === "(" || tokens[at]!.text === "[") at = closing(tokens, at);
  }
  return result;
}

/** Whether a parenthesis contains a query, not an expression that begins with one. */
function isSubquery(tokens: readonly Token[], open: number): boolean {
  const first = tokens[open + 1]?.text ?? "";
  if (SUBQUERIES.has(first)) return true;
  if (first !== "(" || !isSubquery(tokens, open + 1)) return false;
  return SET_OPERATIONS.has(tokens[closing(tokens, open + 1) + 1]?.text ?? "");
}

/** The name that qualifies the columns of a FROM with one relation; null for any other FROM. */
function onlyRelation(tokens: readonly Token[], start: number, end: number): string | null {
  const items = atDepth(tokens, start, end);
  const texts = items.map((at) => tokens[at]!.text);
  if (texts.includes(",") || texts.includes("JOIN")) return null;
  // Joins are in parentheses.
  if (texts[0] === "(" && !isSubquery(tokens, start)) return null;
  const sample = texts.indexOf("TABLESAMPLE");
  const named = sample < 0 ? texts : texts.slice(0, sample);
  // A list of column names can follow its own.
  const name = named.at(-1) === "(" ? named.at(-2) : named.at(-1);
  if (name === "XMLTABLE") return XMLTABLE;
  return name !== undefined && NAME.test(name) && !KEYWORD.test(name) ? name : null;
}

/** The names of output columns that are not the input column of the same name. */
function outputNames(
  tokens: readonly Token[],
  top: readonly number[],
  from: number,
  isColumn: (at: number) => boolean,
): Set<string> {
  const select = top.findLastIndex((at) => at < from && tokens[at]!.text === "SELECT");
  return new Set(
    top.slice(select).flatMap((at) => {
      if (at >= from || tokens[at]!.text !== "AS") return [];
      const name = tokens[at + 1]!.text;
      return isColumn(at - 3) && tokens[at - 1]!.text === name ? [] : [name];
    }),
  );
}
