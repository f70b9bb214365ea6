/**
 * Casts that do nothing, where the parser would else build another tree than the one that was deparsed:
 *
 * - The grammar flattens an AND or OR whose first operand is one of the same kind (makeAndExpr and makeOrExpr,
 *   src/backend/parser/gram.y). The server itself nests them, for row comparisons and BETWEEN SYMMETRIC. It does not look
 *   into a cast, and a cast of a boolean to boolean leaves no trace.
 * - The cast of an ARRAY constructor is moved into its elements (transformTypeCast, src/backend/parser/parse_expr.c), but
 *   not when another cast is between the two, and one to `anyarray` leaves no trace (coerce_type, parse_coerce.c).
 */
import { type Insert, insertAll, skipQuoted } from "./scan.ts";

const BOOLEAN = "::boolean";
const ANY_ARRAY = "::anyarray";

/** An open parenthesis, and what was read of its inside. */
interface Group {
  readonly open: number;
  /** The first AND or OR between its operands. */
  operator: "AND" | "OR" | null;
  /** Where the first parenthesis inside ends, and its operator; only when the text begins with that. */
  first: { readonly end: number; readonly operator: Group["operator"] } | null;
  hasBetween: boolean;
}

const ARRAY = "(ARRAY[";

/** A number, or a cast with the type that it is to, which may end in a modifier: `varchar(20)`, `interval day`. */
const ELEMENT =
  /^(?:-?[\d.]+(?:e[+-]?\d+)?|.*::((?:"(?:[^"]|"")*"|[\w.])+(?:\(\d+(?:,\d+)?\))?(?: [a-z]+)*(?:\(\d+(?:,\d+)?\))?(?:\[\])?))$/s;

/**
 * The cast to put after an ARRAY constructor with these elements. With a modifier, a cast to `anyarray` would leave a trace,
 * and the next cast would fail; one to the type of all elements does not.
 */
function castOf(elements: readonly string[]): string {
  const types = new Set<string>();
  for (const element of elements) {
    const match = ELEMENT.exec(element);
    if (match === null) return "";
    types.add(match[1] ?? "");
  }
  const [type] = types;
  // Arrays of arrays have the type of those.
  if (types.size === 1 && type !== "") return `::${type!.endsWith("[]") ? type : `${type}[]`}`;
  return [...types].some((each) => /\(|^interval /.test(each)) ? "" : ANY_ARRAY;
}

/** The elements of the ARRAY constructor whose text is that from `start` to `close`; none for other text. */
function elementsOf(sql: string, start: number, close: number): string[] {
  const elements: string[] = [];
  let depth = 1;
  let from = start;
  for (let at = start; at < close;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    const char = sql[at]!;
    if (char === "[" || char === "(") depth++;
    else if (char === "]" || char === ")") depth--;
    if (depth === 0 || (depth === 1 && char === ",")) {
      elements.push(sql.slice(from, at).trim());
      from = at + 1;
    }
    at++;
    if (depth === 0) return at === close ? elements : [];
  }
  return [];
}

const OPERATOR = / (AND|OR|BETWEEN) /y;

/** The SQL with such casts where they are needed. */
export function keepTrees(sql: string): string {
  const mayNest = sql.includes("((") && (sql.includes(") AND ") || sql.includes(") OR "));
  if (!mayNest && !sql.includes(ARRAY)) return sql;
  const inserts: Insert[] = [];
  const groups: Group[] = [];
  for (let at = 0; at < sql.length;) {
    const end = skipQuoted(sql, at);
    if (end > at) {
      at = end;
      continue;
    }
    const char = sql[at]!;
    if (char === "(") groups.push({ open: at, operator: null, first: null, hasBetween: false });
    else if (char === ")") {
      const group = groups.pop();
      if (group !== undefined) close(sql, { group, outer: groups.at(-1), at }, inserts);
    } else if (char === " ") nest(sql, { group: groups.at(-1), at }, inserts);
    at++;
  }
  return insertAll(sql, inserts);
}

function close(
  sql: string,
  { group, outer, at }: { group: Group; outer: Group | undefined; at: number },
  inserts: Insert[],
): void {
  const end = at + 1;
  if (outer !== undefined && outer.open + 1 === group.open)
    outer.first = { end, operator: group.operator };
  if (!sql.startsWith(ARRAY, group.open) || !sql.startsWith("::", end)) return;
  // The arguments of a function.
  if (/[\w$"\u0080-\uffff]/.test(sql[group.open - 1] ?? "")) return;
  const elements = elementsOf(sql, group.open + ARRAY.length, at);
  const cast = elements.length === 0 ? "" : castOf(elements);
  if (!sql.startsWith(cast, end)) inserts.push({ at: end, text: cast });
}

function nest(
  sql: string,
  { group, at }: { group: Group | undefined; at: number },
  inserts: Insert[],
): void {
  if (group === undefined || group.operator !== null || group.hasBetween) return;
  OPERATOR.lastIndex = at;
  const word = OPERATOR.exec(sql)?.[1];
  if (word === undefined) return;
  if (word === "BETWEEN") {
    group.hasBetween = true;
    return;
  }
  group.operator = word as "AND" | "OR";
  if (group.first?.end === at && group.first.operator === word) inserts.push({ at, text: BOOLEAN });
}
