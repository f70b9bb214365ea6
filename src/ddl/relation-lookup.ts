/** Relations with their columns, constraints and parents, for the emitters of relations and of their parts. */
import { address, type Address, CATALOG } from "../catalog/address.ts";
import type { ColumnRow } from "../catalog/column.ts";
import type { ConstraintRow } from "../catalog/constraint.ts";
import type { Catalog } from "../catalog/read.ts";
import type { RelationRow } from "../catalog/relation.ts";
import { qualify } from "../sql/ident.ts";
import { groupBy } from "../util/group-by.ts";
import type { DdlContext } from "./context.ts";
import { oncePerCatalog } from "./once-per-catalog.ts";

export interface RelationLookup {
  /** Relations that are neither PostgreSQL's own nor an extension's. */
  readonly dumpable: readonly RelationRow[];
  readonly byOid: ReadonlyMap<number, RelationRow>;
  /** By the relation's oid, in the order of `attnum`. */
  readonly columns: ReadonlyMap<number, readonly ColumnRow[]>;
  /** By the relation's oid. */
  readonly constraints: ReadonlyMap<number, readonly ConstraintRow[]>;
  /** Oids of the relations that a relation inherits from or is a partition of, in the order of INHERITS. */
  readonly parents: ReadonlyMap<number, readonly number[]>;
  readonly children: ReadonlyMap<number, readonly number[]>;
  readonly isDumped: (relation: number) => boolean;
  /**
   * Whether a constraint, index, trigger, rule, policy or statistics object of this relation is dumped: the relation is,
   * or the script of an extension creates it and a user added the object to it.
   */
  readonly isDumpedOn: (relation: number, object: Address) => boolean;
  /** Whether it was given to an extension by ALTER EXTENSION … ADD: neither its script nor the dump creates it. */
  readonly isAddedManually: (relation: number) => boolean;
  /** Whether a constraint has a comment, which refers to it by its name. */
  readonly isCommented: (constraint: number) => boolean;
  /** The relation's qualified name as SQL. */
  readonly sqlName: (relation: number) => string;
}

/** The look-up over the relations of the context's catalog. */
export const relationLookup: (context: DdlContext) => RelationLookup = oncePerCatalog((context) => {
  const { catalog } = context;
  const byOid = new Map(catalog.relations.map((row) => [row.oid, row]));
  const leftToExtensions = identitySequencesOfMembers(context);
  const dumpable = catalog.relations.filter(
    (row) =>
      !context.isMember(CATALOG.class, row.oid) &&
      !context.isSystemNamespace(row.namespace) &&
      !leftToExtensions.has(row.oid),
  );
  const dumpableOids = new Set(dumpable.map((row) => row.oid));
  const addedManually = new Set(
    catalog.manualExtensionMembers.map((row) => address(row.classid, row.objid)),
  );
  const isAddedManually = (relation: number): boolean =>
    addedManually.has(relationAddress(relation));
  const userObjects = new Set(
    catalog.extensionUserObjects
      .filter(({ relation }) => !isAddedManually(relation))
      .map((row) => address(row.classid, row.objid)),
  );
  const comments = catalog.comments.filter((row) => row.classoid === CATALOG.constraint);
  const commented = new Set(comments.map((row) => row.objoid));
  return {
    dumpable,
    byOid,
    columns: groupBy(catalog.columns, (row) => row.relation),
    constraints: groupBy(catalog.constraints, (row) => row.relation),
    parents: related(catalog, "child", "parent"),
    children: related(catalog, "parent", "child"),
    isDumped: (relation) => dumpableOids.has(relation),
    isDumpedOn: (relation, object) => dumpableOids.has(relation) || userObjects.has(object),
    isAddedManually,
    isCommented: (constraint) => commented.has(constraint),
    sqlName: cached((relation) => {
      const row = byOid.get(relation)!;
      return qualify(context.namespace(row.namespace), row.name);
    }),
  };
});

/** ALTER EXTENSION … ADD TABLE leaves the sequences of identity columns out, although they are parts of the table. */
function identitySequencesOfMembers({ catalog, isMember }: DdlContext): ReadonlySet<number> {
  return new Set(
    catalog.sequences
      .filter(
        ({ ownerType, ownerRelation }) =>
          ownerType === "i" && ownerRelation !== null && isMember(CATALOG.class, ownerRelation),
      )
      .map(({ oid }) => oid),
  );
}

/** The address of a relation, which is the id of its dumpable object. */
export function relationAddress(oid: number): Address {
  return address(CATALOG.class, oid);
}

/** From one side of inheritance to the other, in the catalog's order. */
function related(
  { inherits }: Catalog,
  from: "child" | "parent",
  to: "child" | "parent",
): Map<number, readonly number[]> {
  const groups = groupBy(inherits, (row) => row[from]);
  return new Map([...groups].map(([oid, rows]) => [oid, rows.map((row) => row[to])]));
}

function cached(compute: (oid: number) => string): (oid: number) => string {
  const values = new Map<number, string>();
  return (oid) => {
    const known = values.get(oid);
    if (known !== undefined) return known;
    const value = compute(oid);
    values.set(oid, value);
    return value;
  };
}
