/** The patterns that select objects: of the command line, then of the filter files. */
import { UsageError } from "../errors.ts";
import { addPatterns, type FilterPatterns, parseFilter } from "../plan/filter-file.ts";
import { withoutUndefined } from "../util/without-undefined.ts";
import { readTextFile } from "../util/text-file.ts";

/** The options that a dump and a restore have. */
export interface PatternOptions {
  readonly schema?: string[];
  readonly excludeSchema?: string[];
  readonly table?: string[];
  readonly excludeTable?: string[];
  readonly excludeTableData?: string[];
  readonly tableAndChildren?: string[];
  readonly excludeTableAndChildren?: string[];
  readonly excludeTableDataAndChildren?: string[];
  readonly excludeExtension?: string[];
  readonly filter?: string[];
}

/** Those that a dump alone has. */
export interface DumpPatternOptions extends PatternOptions {
  readonly extension?: string[];
  readonly includeForeignData?: string[];
}

/** @throws UsageError when a filter file cannot be read. */
export async function dumpPatterns(options: DumpPatternOptions): Promise<FilterPatterns> {
  let all: FilterPatterns = withoutUndefined({
    schemas: options.schema,
    excludeSchemas: options.excludeSchema,
    tables: options.table,
    excludeTables: options.excludeTable,
    excludeTableData: options.excludeTableData,
    tablesAndChildren: options.tableAndChildren,
    excludeTablesAndChildren: options.excludeTableAndChildren,
    excludeTableDataAndChildren: options.excludeTableDataAndChildren,
    extensions: options.extension,
    excludeExtensions: options.excludeExtension,
    includeForeignData: options.includeForeignData,
  });
  for (const file of options.filter ?? [])
    all = addPatterns(all, parseFilter(await readTextFile(file, "the filter file")));
  return all;
}

/** @throws UsageError for a line of a filter file that only a dump can follow. */
export async function restorePatterns(
  options: PatternOptions,
): Promise<Omit<FilterPatterns, "extensions" | "includeForeignData">> {
  const { extensions, includeForeignData, ...patterns } = await dumpPatterns(options);
  if (extensions !== undefined)
    throw new UsageError("a restore has no include extension in its filter file", {
      hint: "exclude extension leaves out what the target has",
    });
  if (includeForeignData !== undefined)
    throw new UsageError("a restore has no include foreign_data in its filter file", {
      hint: "--include-foreign-data writes the rows of all foreign tables that the archive holds",
    });
  return patterns;
}
