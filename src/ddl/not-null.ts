/**
 * NOT NULL of a column: a mere flag up to PostgreSQL 17, a constraint with a name, inheritance and validity in 18
 * (`contype` n). Names are written only where they are not the one that PostgreSQL would choose.
 */
import { address, CATALOG } from "../catalog/address.ts";
import type { ColumnRow } from "../catalog/column.ts";
import type { ConstraintRow } from "../catalog/constraint.ts";
import type { RelationRow } from "../catalog/relation.ts";
import { quoteIdent } from "../sql/ident.ts";
import type { DdlContext } from "./context.ts";
import type { Piece } from "./piece.ts";
import {
  isMadeAlone,
  type RelationIndex,
  relationAddress,
  relationIndex,
} from "./relation-index.ts";

function constraintOf(
  index: RelationIndex,
  row: RelationRow,
  column: ColumnRow,
): ConstraintRow | undefined {
  return index.constraints
    .get(row.oid)
    ?.find((co) => co.type === "n" && co.columns[0] === column.number);
}

/** Constraints whose comment forces their name to be written, so that the comment finds them. */
function hasComment(context: DdlContext, oid: number): boolean {
  return context.catalog.comments.some(
    (row) => row.classoid === CATALOG.constraint && row.objoid === oid,
  );
}

/** `NOT NULL` as CREATE TABLE says it of this column, or null where it is inherited, separate or absent. */
export function notNull(
  context: DdlContext,
  index: RelationIndex,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  if (context.catalog.version.major < 18) {
    if (!column.notNull) return null;
    const fromParent = (index.parents.get(row.oid) ?? []).some((parent) =>
      index.columns.get(parent)?.some((theirs) => theirs.name === column.name && theirs.notNull),
    );
    return fromParent && !isMadeAlone(index, row) ? null : "NOT NULL";
  }
  const constraint = constraintOf(index, row, column);
  if (constraint === undefined || !constraint.isValidated) return null;
  if (!constraint.isLocal && !isMadeAlone(index, row)) return null;
  // A partition's constraint takes its parent's name; up to 17 there was none to keep.
  const inherited = context.options.reproducible === true && row.isPartition && !constraint.isLocal;
  const plain =
    (constraint.name === `${row.name}_${column.name}_not_null` || inherited) &&
    !hasComment(context, constraint.oid);
  return [
    ...(plain ? [] : [`CONSTRAINT ${quoteIdent(constraint.name)}`]),
    "NOT NULL",
    ...(constraint.noInherit ? ["NO INHERIT"] : []),
  ].join(" ");
}

/** Anchors for comments, and the constraints that exist but were not validated. */
export function notNullConstraints(context: DdlContext): Piece[] {
  const index = relationIndex(context);
  return context.catalog.constraints
    .filter((co) => co.type === "n" && index.isOwned(co.relation))
    .map((co) => {
      const row = index.byOid.get(co.relation)!;
      const table = index.sqlName(co.relation);
      const name = quoteIdent(co.name);
      const id = address(CATALOG.constraint, co.oid);
      return {
        id,
        kind: "check-constraint",
        namespace: context.namespace(row.namespace),
        name: `${row.name} ${co.name}`,
        section: co.isValidated ? "pre-data" : "post-data",
        addresses: [id],
        requires: [relationAddress(co.relation)],
        parent: relationAddress(co.relation),
        sql: () =>
          co.isValidated || (!co.isLocal && !isMadeAlone(index, row))
            ? []
            : [`ALTER TABLE ${table}\n    ADD CONSTRAINT ${name} ${co.definition}`],
        target: `CONSTRAINT ${name} ON ${table}`,
      };
    });
}
