/**
 * The query of a view as PostgreSQL 16 and later write it. Up to 15 the relations of a view's query were two more than
 * its FROM has, OLD and NEW, and so every column stands with its relation: `SELECT t.id FROM t`. Since 16 the columns
 * of a query over one relation stand alone, and only subqueries and WITH have them as before (`varprefix` of
 * get_query_def(), src/backend/utils/adt/ruleutils.c).
 */
import { skipQuoted } from "./scan.ts";

interface Token {
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

/** Words in capitals are keywords: as names they would stand in quotes. */
const SET_OPERATIONS = new Set(["UNION", "INTERSECT", "EXCEPT"]);
const SUBQUERIES = new Set(["SELECT", "WITH", "VALUES"]);
const AFTER_FROM = new Set("WHERE GROUP HAVING WINDOW ORDER OFFSET LIMIT FETCH FOR ;".split(" "));
/** What stands before the name of a type or collation, whose schema may be named as the relation is. */
const BEFORE_TYPE = new Set([":", ".", "COLLATE", "AS"]);
/** What a column that is sorted by is followed by, where it is no part of an expression. */
const AFTER_SORTED = /^(?:[,;)]|DESC|NULLS|USING|ORDER|ROWS|RANGE|GROUPS|OFFSET|LIMIT|FETCH|FOR)?$/;

const NAME = /^[\p{L}_"]/u;
const KEYWORD = /^[A-Z]/;
const WORD = /[\p{L}\p{N}_$]+/uy;

/**
 * The query of a view, deparsed by a server up to 15, as a newer one writes it; the same text where it is no query over
 * one relation.
 */
export function unqualified(query: string): string {
  const tokens = tokenize(query);
  const text = (at: number): string => tokens[at]?.text ?? "";
  const top = atDepth(tokens, 0, tokens.length);
  const from = top.find((at) => text(at) === "FROM");
  if (from === undefined || top.some((at) => SET_OPERATIONS.has(text(at)))) return query;
  const after = top.find((at) => at > from && AFTER_FROM.has(text(at))) ?? tokens.length;
  const relation = onlyRelation(tokens, from + 1, after);
  if (relation === null) return query;

  const isColumn = (at: number): boolean =>
    text(at) === relation &&
    text(at + 1) === "." &&
    NAME.test(text(at + 2)) &&
    // A type, a collation, a function: in a schema of the same name.
    !BEFORE_TYPE.has(text(at - 1)) &&
    text(at + 3) !== "(";
  const renamed = outputNames(tokens, top, from, isColumn);

  let result = "";
  let copied = 0;
  /** For each open parenthesis, whether what begins here is sorted by. */
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
      // A bare name would be taken for the output column of that name, which is something else.
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

/** The indexes of the tokens outside of all parentheses, of these the opening ones. */
function atDepth(tokens: readonly Token[], start: number, end: number): number[] {
  const result: number[] = [];
  for (let at = start; at < end; at++) {
    result.push(at);
    if (tokens[at]!.text === "(" || tokens[at]!.text === "[") at = closing(tokens, at);
  }
  return result;
}

/** Whether a parenthesis holds a query, and not an expression that begins with one. */
function isSubquery(tokens: readonly Token[], open: number): boolean {
  const first = tokens[open + 1]?.text ?? "";
  if (SUBQUERIES.has(first)) return true;
  if (first !== "(" || !isSubquery(tokens, open + 1)) return false;
  return SET_OPERATIONS.has(tokens[closing(tokens, open + 1) + 1]?.text ?? "");
}

/** The name by which columns of a FROM with one relation are called; null for any other FROM. */
function onlyRelation(tokens: readonly Token[], start: number, end: number): string | null {
  const items = atDepth(tokens, start, end);
  const texts = items.map((at) => tokens[at]!.text);
  if (texts.includes(",") || texts.includes("JOIN")) return null;
  // Joins stand in parentheses.
  if (texts[0] === "(" && !isSubquery(tokens, start)) return null;
  const sample = texts.indexOf("TABLESAMPLE");
  const named = sample < 0 ? texts : texts.slice(0, sample);
  // The names of its columns come after its own.
  const name = named.at(-1) === "(" ? named.at(-2) : named.at(-1);
  return name !== undefined && NAME.test(name) && !KEYWORD.test(name) ? name : null;
}

/** The names of output columns that are not columns of that name. */
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
