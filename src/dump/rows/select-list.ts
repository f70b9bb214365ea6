/** Finds the relations and columns that conditions and masks name. Pure. */
import { UsageError } from "../../errors.ts";
import type { DataRelation } from "../../plan/data-relations.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { matchesPattern, namePattern, onPath } from "../../sql/pattern.ts";
import { isNamedMask } from "./named-mask.ts";
import type { SelectedRelation } from "./selected-relation.ts";

/** A table with partitions or inheriting tables. */
export interface ParentTable {
  readonly namespace: string;
  readonly name: string;
  /** Otherwise other tables inherit from it, and it holds rows itself. */
  readonly isPartitioned: boolean;
  /** Oids of all tables below it, at any depth. */
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
 * Adds conditions and masks to the relations that they name. A partitioned table stands for its partitions. A mask also
 * covers tables that inherit the column, so that the values it hides are hidden in all of them.
 * @throws UsageError when one names no dumped relation or column, or when two name the same one.
 */
export function selectLists(
  relations: readonly DataRelation[],
  options: SelectListOptions,
): SelectedRelation[] {
  const conditions = conditionsOf(relations, options);
  const masks = masksOf(relations, options);
  return relations.map((relation) => {
    const where = conditions.get(relation) ?? null;
    const expressions = masks.get(relation) ?? new Map<string, string>();
    const texts = [...expressions.values()];
    return {
      relation,
      where,
      masks: expressions,
      hasUserSql: where !== null || texts.some((text) => !isNamedMask(text)),
    };
  });
}

function conditionsOf(
  relations: readonly DataRelation[],
  { parents, where, searchPath }: SelectListOptions,
): Map<DataRelation, string> {
  const partitioned = parents.filter(({ isPartitioned }) => isPartitioned);
  const conditions = new Map<DataRelation, string>();
  for (const [pattern, condition] of Object.entries(where)) {
    const search = { pattern, option: "where", parents: partitioned, searchPath };
    for (const relation of matching(relations, search)) {
      if (conditions.has(relation)) {
        throw new UsageError("two conditions are given for the same table", {
          object: qualify(relation.namespace, relation.name),
        });
      }
      conditions.set(relation, condition);
    }
  }
  return conditions;
}

function masksOf(
  relations: readonly DataRelation[],
  { parents, mask, searchPath }: SelectListOptions,
): Map<DataRelation, Map<string, string>> {
  const masks = new Map<DataRelation, Map<string, string>>();
  for (const [target, expression] of Object.entries(mask)) {
    const { table, column } = splitColumn(target);
    const search = { pattern: table, option: "mask", parents, searchPath };
    for (const relation of matching(relations, search)) {
      if (!relation.columns.includes(column)) {
        throw new UsageError(`the mask ${target} names no column that is dumped`, {
          object: qualify(relation.namespace, relation.name),
          hint: `its columns are ${relation.columns.map(quoteIdent).join(", ")}; generated columns follow from the others`,
        });
      }
      const columns = masks.get(relation) ?? new Map<string, string>();
      if (columns.has(column)) {
        throw new UsageError("two masks are given for the same column", { object: target });
      }
      masks.set(relation, columns.set(column, expression));
    }
  }
  return masks;
}

interface Search {
  readonly pattern: string;
  /** For messages. */
  readonly option: string;
  /** Tables whose name stands for those below them. */
  readonly parents: readonly ParentTable[];
  readonly searchPath: readonly string[];
}

function matching(
  relations: readonly DataRelation[],
  { pattern: text, option, parents, searchPath }: Search,
): DataRelation[] {
  const pattern = namePattern(text);
  const fits = (table: { namespace: string; name: string }): boolean =>
    matchesPattern(pattern, table, onPath(searchPath));
  const named = parents.filter(fits);
  const matches = relations.filter(
    (relation) => fits(relation) || named.some(({ below }) => below.has(relation.oid)),
  );
  if (matches.length === 0) {
    throw new UsageError(`the ${option} pattern ${text} fits no table that is dumped`, {
      object: text,
      hint: "write table or schema.table",
    });
  }
  return matches;
}

/** Splits `schema.table.column` into a pattern and a column, whose name is folded unless it is quoted. */
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
