/** Makes deparsed text the same for all majors, for reproducible archives. */
import { rewrite } from "./scan.ts";

const NO_INDENT = " NO INDENT)";

/** SQL without the NO INDENT that PostgreSQL 16 and later add to XMLSERIALIZE. */
export function withoutNoIndent(sql: string): string {
  if (!sql.includes(NO_INDENT)) return sql;
  return rewrite(sql, (at) =>
    sql.startsWith(NO_INDENT, at) ? { text: ")", end: at + NO_INDENT.length } : null,
  );
}

/** The arguments of a procedure as deparsed by PostgreSQL 13, with the IN that later majors write where there is no other mode. */
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
