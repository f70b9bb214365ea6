/** What is copied of a relation: its columns with masks, and the condition on its rows. Pure. */
import { UsageError } from "../../errors.ts";
import type { DataRelation } from "../../plan/data-relations.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { matchesPattern, namePattern, onPath } from "../../sql/pattern.ts";

/** A relation as it is to be copied. */
export interface SelectedRelation {
  readonly relation: DataRelation;
  /** The user's condition; null for all rows. */
  readonly where: string | null;
  /** What the manifest says instead of the condition, where that is not the user's. */
  readonly note?: string | undefined;
  /** Column name to the expression that replaces it. */
  readonly masks: ReadonlyMap<string, string>;
}

/** A table that stands for others below it. */
export interface ParentTable {
  readonly namespace: string;
  readonly name: string;
  /** Otherwise others inherit from it, and it holds rows of its own. */
  readonly isPartitioned: boolean;
  /** Oids of all that are below it. */
  readonly below: ReadonlySet<number>;
}

export interface SelectListOptions {
  readonly parents: readonly ParentTable[];
  readonly where: Readonly<Record<string, string>>;
  readonly mask: Readonly<Record<string, string>>;
  /** Schemas in which names without a schema are looked up. */
  readonly searchPath: readonly string[];
}

/**
 * Joins conditions and masks to the relations that they name. A partitioned table stands for its partitions; and a mask
 * covers the tables that inherit the column, since whoever hides it in one would not leave it open in the other.
 * @throws UsageError when one names no dumped relation or column, or when two fit the same one.
 */
export function selectLists(
  relations: readonly DataRelation[],
  { parents, where, mask, searchPath }: SelectListOptions,
): SelectedRelation[] {
  const partitioned = parents.filter(({ isPartitioned }) => isPartitioned);
  const conditions = new Map<DataRelation, string>();
  for (const [pattern, condition] of Object.entries(where)) {
    for (const relation of matching(relations, partitioned, pattern, searchPath, "where")) {
      if (conditions.has(relation)) {
        throw new UsageError("two conditions are given for the same table", {
          object: qualify(relation.namespace, relation.name),
        });
      }
      conditions.set(relation, condition);
    }
  }
  const masks = new Map<DataRelation, Map<string, string>>();
  for (const [target, expression] of Object.entries(mask)) {
    const { table, column } = splitColumn(target);
    for (const relation of matching(relations, parents, table, searchPath, "mask")) {
      if (!relation.columns.includes(column)) {
        throw new UsageError(`the mask ${target} names no column that is dumped`, {
          object: qualify(relation.namespace, relation.name),
          hint: `its columns are ${relation.columns.map(quoteIdent).join(", ")}; generated columns follow from the others`,
        });
      }
      const own = masks.get(relation) ?? new Map<string, string>();
      if (own.has(column)) {
        throw new UsageError("two masks are given for the same column", { object: target });
      }
      masks.set(relation, own.set(column, expression));
    }
  }
  return relations.map((relation) => ({
    relation,
    where: conditions.get(relation) ?? null,
    masks: masks.get(relation) ?? new Map(),
  }));
}

function matching(
  relations: readonly DataRelation[],
  parents: readonly ParentTable[],
  text: string,
  searchPath: readonly string[],
  option: string,
): DataRelation[] {
  const pattern = namePattern(text);
  const fits = (table: { namespace: string; name: string }): boolean =>
    matchesPattern(pattern, table, onPath(searchPath));
  const named = parents.filter(fits);
  const found = relations.filter(
    (relation) => fits(relation) || named.some(({ below }) => below.has(relation.oid)),
  );
  if (found.length === 0) {
    throw new UsageError(`the ${option} pattern ${text} fits no table that is dumped`, {
      object: text,
      hint: "write table or schema.table",
    });
  }
  return found;
}

/** `schema.table.column` to its pattern and its column, which is exact: folded outside double quotes. */
function splitColumn(target: string): { table: string; column: string } {
  const match = /^(.+)\.("(?:[^"]|"")+"|[^".]+)$/s.exec(target);
  if (match === null) {
    throw new UsageError(`the mask ${target} is not table.column`, { object: target });
  }
  const written = match[2]!;
  const column = written.startsWith('"')
    ? written.slice(1, -1).replaceAll('""', '"')
    : written.toLowerCase();
  return { table: match[1]!, column };
}

/**
 * The parts of a query over the relation. A condition or expression is the user's SQL: it is set in parentheses of its
 * own lines, so that a comment at its end cannot take the rest of the query with it.
 */
export function selectColumns({ relation, masks }: SelectedRelation): string {
  return relation.columns
    .map((name) => {
      const expression = masks.get(name);
      return expression === undefined
        ? quoteIdent(name)
        : `(${expression}\n) AS ${quoteIdent(name)}`;
    })
    .join(", ");
}

/** ` WHERE …` of the given conditions, or the empty text. */
export function whereClause(conditions: readonly (string | null)[]): string {
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0
    ? ""
    : ` WHERE ${given.map((condition) => `(${condition}\n)`).join(" AND ")}`;
}
