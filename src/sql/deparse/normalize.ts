/** What one major of PostgreSQL writes otherwise than another, made the same: for reproducible archives. */
import { rewrite } from "./scan.ts";

const NO_INDENT = " NO INDENT)";

/** SQL without what PostgreSQL 16 and later say of each XMLSERIALIZE that is not indented. */
export function withoutNoIndent(sql: string): string {
  if (!sql.includes(NO_INDENT)) return sql;
  return rewrite(sql, (at) =>
    sql.startsWith(NO_INDENT, at) ? { text: ")", end: at + NO_INDENT.length } : null,
  );
}

/** A procedure's arguments as PostgreSQL 13 writes them, with the IN that later ones have before all without a mode. */
export function withIn(list: string): string {
  if (list === "") return list;
  let depth = 0;
  const separated = `, ${list}`;
  return rewrite(separated, (at) => {
    if ("([".includes(separated[at]!)) depth++;
    if (")]".includes(separated[at]!)) depth--;
    if (depth > 0 || separated[at] !== ",") return null;
    return {
      text: /^, (?:INOUT|VARIADIC) /.test(separated.slice(at)) ? ", " : ", IN ",
      end: at + 2,
    };
  }).slice(2);
}
