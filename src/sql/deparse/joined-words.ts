/**
 * Since PostgreSQL 16 the lexer takes `without time` and `format json` for words of their own (base_yylex(),
 * src/backend/parser/parser.c), also where a column or an argument of that name has that type. Neither name is a keyword
 * that the server quotes.
 */
import { rewrite } from "./scan.ts";

const JOINED = /\b(?:without(?= time\b)|format(?= json\b))/y;
/** What comes before a name with a type; ORDER BY does in the arguments of an aggregate. */
const BEFORE_NAME = /(?:[(,]\s*|\b(?:IN|OUT|INOUT|VARIADIC|ORDER BY|COLUMNS) )$/;

/** The SQL with such names in quotes. */
export function quoteJoinedWords(sql: string): string {
  if (!sql.includes("without time") && !sql.includes("format json")) return sql;
  return rewrite(sql, (at) => {
    JOINED.lastIndex = at;
    const [name] = JOINED.exec(sql) ?? [];
    if (name === undefined || !BEFORE_NAME.test(sql.slice(Math.max(0, at - 40), at))) return null;
    return { text: `"${name}"`, end: JOINED.lastIndex };
  });
}
