/**
 * The text of a `--filter` file as pg_dump reads it (PostgreSQL docs, pg_dump, "--filter"): a line includes or excludes
 * one pattern, `#` begins a comment, and a pattern in double quotes can continue on the next line.
 */
import { UsageError } from "../errors.ts";
import type { PatternList } from "./select-options.ts";

type FilterList = PatternList | "includeForeignData";
export type FilterPatterns = Readonly<Partial<Record<FilterList, readonly string[]>>>;

/** The list of patterns that each command of a line adds to. */
const LISTS: Readonly<Record<string, FilterList>> = {
  "include schema": "schemas",
  "exclude schema": "excludeSchemas",
  "include table": "tables",
  "exclude table": "excludeTables",
  "exclude table_data": "excludeTableData",
  "include table_and_children": "tablesAndChildren",
  "exclude table_and_children": "excludeTablesAndChildren",
  "exclude table_data_and_children": "excludeTableDataAndChildren",
  "include foreign_data": "includeForeignData",
  "include extension": "extensions",
  "exclude extension": "excludeExtensions",
};

const COMMAND = /[^\S\n]*(include|exclude)[^\S\n]+([a-z_]+)[^\S\n]+/y;
/** Quoted parts can hold anything; unquoted ones end at white space or a comment. */
const PATTERN = /(?:"(?:[^"]|"")*"|[^\s"#])+/y;
const REST = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y;

/**
 * Parses a filter file into patterns by option.
 * @throws UsageError naming the line, only when it is malformed or not supported.
 */
export function parseFilter(text: string): FilterPatterns {
  const patterns: Partial<Record<FilterList, string[]>> = {};
  let at = 0;
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const match = expression.exec(text);
    if (match !== null) at += match[0].length;
    return match;
  };
  while (at < text.length) {
    const line = text.slice(0, at).split("\n").length;
    if (take(REST) !== null) continue;
    const command = take(COMMAND);
    const pattern = command === null ? null : take(PATTERN);
    if (command === null || pattern === null || take(REST) === null) {
      throw malformed(line, "write include or exclude, a kind of object, and one pattern");
    }
    const list = LISTS[`${command[1]!} ${command[2]!}`];
    if (list === undefined) {
      throw malformed(
        line,
        `${command[1]!} ${command[2]!} is not one of: ${Object.keys(LISTS).join(", ")}`,
      );
    }
    patterns[list] = [...(patterns[list] ?? []), pattern[0]];
  }
  return patterns;
}

function malformed(line: number, hint: string): UsageError {
  return new UsageError(`line ${line} of the filter file cannot be read`, { hint });
}

/** The patterns of both, those of `first` before those of `second`. */
export function addPatterns(first: FilterPatterns, second: FilterPatterns): FilterPatterns {
  const lists = [...new Set(Object.values(LISTS))];
  return Object.fromEntries(
    lists
      .map((list) => [list, [...(first[list] ?? []), ...(second[list] ?? [])]] as const)
      .filter(([, patterns]) => patterns.length > 0),
  );
}
