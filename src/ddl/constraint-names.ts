/** Names of constraints in a schema, among which PostgreSQL chooses one for a NOT NULL that is given none. */
import type { ConstraintRow } from "../catalog/constraint.ts";
import { groupBy } from "../util/group-by.ts";
import type { DdlContext } from "./context.ts";
import { restoredName } from "./kinds/not-null.ts";
import { oncePerCatalog } from "./once-per-catalog.ts";
import { relationLookup } from "./relation-lookup.ts";

/**
 * Whether another constraint of the schema has the same name and can be there when this one is created: PostgreSQL would
 * choose another name (`ChooseConstraintName()`, src/backend/catalog/pg_constraint.c). Those of tables that inherit from
 * this one come later, and take their names from it. Those that have another name in the source than after a restore count
 * under the latter.
 */
export const isNameTaken: (context: DdlContext) => (constraint: ConstraintRow) => boolean =
  oncePerCatalog((context) => {
    const { catalog } = context;
    const relations = relationLookup(context);
    const { byOid, parents } = relations;
    const types = new Map(catalog.types.map((row) => [row.oid, row]));
    const key = (namespace: number | undefined, name: string): string => `${namespace} ${name}`;
    const nameOf = (row: ConstraintRow): string =>
      row.type === "n" && byOid.has(row.relation) ? restoredName(relations, row) : row.name;
    const keyOf = (row: ConstraintRow): string =>
      key(byOid.get(row.relation)?.namespace, nameOf(row));
    const ofTables = groupBy(catalog.constraints, keyOf);
    const ofDomains = new Set(
      catalog.domainConstraints.map(({ type, name }) => key(types.get(type)?.namespace, name)),
    );
    const inherits = (relation: number, from: number): boolean =>
      relation === from || (parents.get(relation) ?? []).some((parent) => inherits(parent, from));
    return (constraint) => {
      const name = keyOf(constraint);
      if (ofDomains.has(name)) return true;
      return ofTables.get(name)!.some(({ relation }) => !inherits(relation, constraint.relation));
    };
  });
