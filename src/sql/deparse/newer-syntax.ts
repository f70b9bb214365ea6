/**
 * Detects newer syntax in deparsed text. Queries and expressions come from the server as text, and no catalog tells which
 * syntax they use, so this is the only fact that is searched for in statements, once, when they are dumped. Keywords are
 * in capitals and outside quotes, which distinguishes them from names.
 */
import { withoutQuoted } from "./scan.ts";

/** The pattern of each syntax, by the code that archives record (ddl/server-features.ts). */
const PATTERNS = {
  "search-or-cycle": /\bSEARCH (?:DEPTH|BREADTH) FIRST BY\b|\) CYCLE [^;]+? SET /,
  "join-using-alias": /\bUSING \([^()]*\) AS /,
  "group-by-distinct": /\bGROUP BY DISTINCT\b/,
  merge: /\bMERGE INTO\b/,
  "json-constructors": /\bIS (?:NOT )?JSON\b|\bJSON_(?:ARRAY|OBJECT|ARRAYAGG|OBJECTAGG)\(/,
  "json-queries": /\bJSON(?:_(?:TABLE|VALUE|QUERY|EXISTS|SCALAR|SERIALIZE))?\(/,
  "merge-by-source": /\bWHEN NOT MATCHED BY SOURCE\b/,
  "ignore-nulls": /\bIGNORE NULLS\b/,
  // Older servers print another expression for it.
  "json-array-of-query": /\bJSON_ARRAY\(\s*(?:SELECT|WITH|VALUES|TABLE)\b/,
  // DO SELECT alone is the action of a rule.
  "on-conflict-select": /\bON CONFLICT\b[^;]*?\bDO SELECT\b/,
} as const satisfies Readonly<Record<string, RegExp>>;

export type NewerSyntax = keyof typeof PATTERNS;

/** The oldest major that has any of it. */
export const NEWER_SYNTAX_SINCE = 14;

const NONE: readonly NewerSyntax[] = [];

/** Finds syntax of queries and expressions that is new in PostgreSQL 14 or later. */
export function newerSyntax(sql: string): readonly NewerSyntax[] {
  if (!mayContain(sql)) return NONE;
  const text = withoutQuoted(sql);
  const codes = Object.keys(PATTERNS) as NewerSyntax[];
  return codes.filter((code) => PATTERNS[code].test(text));
}

/** Rules out nearly every statement at the cost of a few searches for fixed words. */
function mayContain(sql: string): boolean {
  return (
    sql.includes("JSON") ||
    sql.includes(" USING (") ||
    sql.includes("MERGE INTO ") ||
    sql.includes(" CYCLE ") ||
    sql.includes(" FIRST BY ") ||
    sql.includes("GROUP BY DISTINCT ") ||
    sql.includes("IGNORE NULLS ") ||
    sql.includes("DO SELECT")
  );
}
