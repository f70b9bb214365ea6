/** Looks up the tables that the options name by patterns. Pure. */
import type { ManifestRelation } from "../archive/format/manifest.ts";
import { UsageError } from "../errors.ts";
import type { NamedTables, UndeleteTable } from "./tables.ts";
import type { RowCondition } from "./walk.ts";

type Find = (text: string) => NamedTables;

export interface TableNames {
  /** Whether a table is one of these, where true is all of them. */
  readonly among: (
    option: string,
    patterns: boolean | readonly string[] | undefined,
  ) => (table: UndeleteTable) => boolean;
  /** The conditions with their tables, and the relations that are named and not in the target, some only as children. */
  readonly conditions: (rows: Readonly<Record<string, string>>) => {
    readonly conditions: readonly RowCondition[];
    readonly missing: readonly ManifestRelation[];
    readonly missingChildren: readonly ManifestRelation[];
  };
}

/** Both functions throw UsageError for a pattern that fits no table of the archive. */
export function tableNames(find: Find): TableNames {
  const named = (option: string, pattern: string): ReturnType<Find> => {
    const tables = find(pattern);
    if (tables.named.length + tables.missing.length > 0) return tables;
    throw new UsageError(`the ${option} pattern ${pattern} fits no table of the archive`, {
      object: pattern,
      hint: "write table or schema.table",
    });
  };
  return {
    among(option, patterns = false) {
      if (typeof patterns === "boolean") return () => patterns;
      const numbers = new Set(
        patterns.flatMap((pattern) =>
          named(option, pattern).named.map(({ table }) => table.number),
        ),
      );
      return ({ number }) => numbers.has(number);
    },
    conditions(rows) {
      const all = Object.entries(rows).map(([pattern, condition]) => ({
        pattern,
        condition,
        ...named("rows", pattern),
      }));
      if (all.length === 0) throw new UsageError("name the rows to bring back");
      return {
        conditions: all.filter((each) => each.named.length > 0),
        missing: all.flatMap(({ missing }) => missing),
        missingChildren: all.flatMap(({ missingChildren }) => missingChildren),
      };
    },
  };
}
