/** A relation as it is copied: its columns with masks, and the condition on its rows, as values and as SQL. Pure. */
import type { DataRelation } from "../../plan/data-relations.ts";
import { quoteIdent } from "../../sql/ident.ts";

/** A relation as it is copied. */
export interface SelectedRelation {
  readonly relation: DataRelation;
  /** The condition on the rows; null for all rows. */
  readonly where: string | null;
  /** A description of the sample to which `where` restricts the rows. The manifest records it, not the condition. */
  readonly sample?: string | undefined;
  /** SQL expressions that replace values, by column. */
  readonly masks: ReadonlyMap<string, string>;
  /** Whether the condition or a mask is SQL that the user wrote, which may select from views. */
  readonly hasUserSql: boolean;
}

/**
 * The list of a SELECT. Expressions are the user's SQL: each is in parentheses that close on a line of their own, so
 * that a comment at its end does not hide the rest of the query.
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

/** ` WHERE …` of the conditions that are not null, written as above; empty when there is none. */
export function whereClause(conditions: readonly (string | null)[]): string {
  const present = conditions.filter((condition) => condition !== null);
  return present.length === 0
    ? ""
    : ` WHERE ${present.map((condition) => `(${condition}\n)`).join(" AND ")}`;
}
