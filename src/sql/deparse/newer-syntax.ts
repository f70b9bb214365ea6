/**
 * Newer syntax in text that the server deparsed. Queries and expressions come from the server as text, and nothing else
 * says which syntax they use, so this is the one fact that is looked for in statements, once, when they are dumped.
 * Keywords differ from names by their capitals, and stand outside quotes.
 */
import { withoutQuoted } from "./scan.ts";

/** Each syntax with what shows it; by codes that say the same in archives (ddl/server-features.ts). */
const PATTERNS = {
  "search-or-cycle": /\bSEARCH (?:DEPTH|BREADTH) FIRST BY\b|\) CYCLE [^;]+? SET /,
  "join-using-alias": /\bUSING \([^()]*\) AS /,
  "group-by-distinct": /\bGROUP BY DISTINCT\b/,
  merge: /\bMERGE INTO\b/,
  "json-constructors": /\bIS (?:NOT )?JSON\b|\bJSON_(?:ARRAY|OBJECT|ARRAYAGG|OBJECTAGG)\(/,
  "json-queries": /\bJSON(?:_(?:TABLE|VALUE|QUERY|EXISTS|SCALAR|SERIALIZE))?\(/,
  "merge-by-source": /\bWHEN NOT MATCHED BY SOURCE\b/,
} as const satisfies Readonly<Record<string, RegExp>>;

export type NewerSyntax = keyof typeof PATTERNS;

/** The oldest major with any of it. */
export const NEWER_SYNTAX_SINCE = 14;

const NONE: readonly NewerSyntax[] = [];

/** Finds the syntax that PostgreSQL 14 and later brought to queries and expressions. */
export function newerSyntax(sql: string): readonly NewerSyntax[] {
  if (!canHold(sql)) return NONE;
  const text = withoutQuoted(sql);
  const codes = Object.keys(PATTERNS) as NewerSyntax[];
  return codes.filter((code) => PATTERNS[code].test(text));
}

/** Rules out nearly every statement at the cost of a few searches for fixed words. */
function canHold(sql: string): boolean {
  return (
    sql.includes("JSON") ||
    sql.includes(" USING (") ||
    sql.includes("MERGE INTO ") ||
    sql.includes(" CYCLE ") ||
    sql.includes(" FIRST BY ") ||
    sql.includes("GROUP BY DISTINCT ")
  );
}
