/** The options that select what a dump takes, and how a manifest records them. */
import { kindFlags, type KindOptions } from "../catalog/kind-options.ts";

/** Patterns as pg_dump's options of the same names take them; an absent or empty list restricts nothing. */
export interface SelectOptions extends KindOptions {
  readonly schemas?: readonly string[] | undefined;
  readonly excludeSchemas?: readonly string[] | undefined;
  readonly tables?: readonly string[] | undefined;
  readonly excludeTables?: readonly string[] | undefined;
  /** Tables that are dumped without their rows. */
  readonly excludeTableData?: readonly string[] | undefined;
  /** The same as the three above, together with partitions and tables that inherit. */
  readonly tablesAndChildren?: readonly string[] | undefined;
  readonly excludeTablesAndChildren?: readonly string[] | undefined;
  readonly excludeTableDataAndChildren?: readonly string[] | undefined;
  readonly extensions?: readonly string[] | undefined;
  readonly excludeExtensions?: readonly string[] | undefined;
  /**
   * Foreign servers of whose foreign tables the rows are dumped, too: from the server behind them, as it is at that moment and in no
   * snapshot. A restore writes them only where it is asked to.
   */
  readonly includeForeignData?: readonly string[] | undefined;
  /** Dump unlogged tables and sequences without their contents. Default: false. */
  readonly noUnloggedTableData?: boolean | undefined;
  /** Fail when a pattern matches nothing. */
  readonly strictNames?: boolean | undefined;
  /** Schemas in which a pattern without a schema looks, as `search_path` would; `["public"]` when absent. */
  readonly searchPath?: readonly string[] | undefined;
}

/** The options that are lists of patterns. */
export type PatternList = Exclude<
  keyof SelectOptions,
  | "strictNames"
  | "searchPath"
  | "noUnloggedTableData"
  // It adds rows, and so makes no part of the database.
  | "includeForeignData"
  | keyof KindOptions
>;

/** The option of the command line, without its dashes, for each list of patterns. A manifest records these. */
export const SELECTION_FLAGS: Readonly<Record<PatternList, string>> = {
  schemas: "schema",
  excludeSchemas: "exclude-schema",
  tables: "table",
  excludeTables: "exclude-table",
  excludeTableData: "exclude-table-data",
  tablesAndChildren: "table-and-children",
  excludeTablesAndChildren: "exclude-table-and-children",
  excludeTableDataAndChildren: "exclude-table-data-and-children",
  extensions: "extension",
  excludeExtensions: "exclude-extension",
};

/** The option without patterns that a manifest records beside `SELECTION_FLAGS` and those of kinds. */
export const NO_UNLOGGED_ROWS_FLAG = "no-unlogged-table-data";

/** A pattern with the option that it was given to, as a manifest records it; empty for an option without pattern. */
export interface SelectedPattern {
  /** `table`, `exclude-schema`: the option of the command line, without its dashes. */
  readonly option: string;
  readonly pattern: string;
}

/** The options that were given, as a manifest records them. */
export function selectedPatterns(options: SelectOptions): SelectedPattern[] {
  const flags = [
    ...kindFlags(options),
    ...(options.noUnloggedTableData === true ? [NO_UNLOGGED_ROWS_FLAG] : []),
  ];
  return [
    ...Object.entries(SELECTION_FLAGS).flatMap(([list, option]) =>
      (options[list as PatternList] ?? []).map((pattern) => ({ option, pattern })),
    ),
    ...flags.map((option) => ({ option, pattern: "" })),
  ];
}
