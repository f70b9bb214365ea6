/**
 * Look-ups over the relations of a catalog, made once and shared by the emitters that write parts of relations.
 */
import { address, type Address, CATALOG } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import type { ColumnRow } from "../catalog/column.ts";
import type { ConstraintRow } from "../catalog/constraint.ts";
import type { RelationRow } from "../catalog/relation.ts";
import { qualify } from "../sql/ident.ts";
import type { DdlContext } from "./context.ts";
import { groupBy } from "../util/group-by.ts";

export interface RelationLookup {
  /** Relations that are written: not PostgreSQL's own, not an extension's. */
  readonly dumpable: readonly RelationRow[];
  readonly byOid: ReadonlyMap<number, RelationRow>;
  readonly columns: ReadonlyMap<number, readonly ColumnRow[]>;
  readonly constraints: ReadonlyMap<number, readonly ConstraintRow[]>;
  readonly parents: ReadonlyMap<number, readonly number[]>;
  readonly children: ReadonlyMap<number, readonly number[]>;
  /** Whether pieces of this relation are written. */
  readonly isDumped: (oid: number) => boolean;
  /** Whether what hangs on this relation is written: it is, or a user added this to an extension's relation. */
  readonly carries: (oid: number, hanging: Address) => boolean;
  /** Whether a constraint has a comment, which must find it under its name. */
  readonly isCommented: (constraint: number) => boolean;
  /** Whether another table of the schema has its own constraint of this name, which then is nobody's default. */
  readonly isNameShared: (constraint: ConstraintRow) => boolean;
  /** The relation's qualified name as SQL. */
  readonly sqlName: (oid: number) => string;
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

const made = new WeakMap<Catalog, RelationLookup>();

/** The index of this context's catalog. */
export function relationLookup(context: DdlContext): RelationLookup {
  const { catalog } = context;
  const known = made.get(catalog);
  if (known !== undefined) return known;
  const byOid = new Map(catalog.relations.map((row) => [row.oid, row]));
  const dumpable = catalog.relations.filter(
    (row) => !context.isMember(CATALOG.class, row.oid) && !context.isSystemNamespace(row.namespace),
  );
  const dumpableOids = new Set(dumpable.map((row) => row.oid));
  const userObjects = new Set(
    catalog.extensionUserObjects.map((row) => address(row.classid, row.objid)),
  );
  const comments = catalog.comments.filter((row) => row.classoid === CATALOG.constraint);
  const commented = new Set(comments.map((row) => row.objoid));
  const nameOf = ({ relation, name }: ConstraintRow): string =>
    `${byOid.get(relation)?.namespace} ${name}`;
  /** Made when it is first asked for: by the NOT NULL of PostgreSQL 18 alone. */
  let ownNames: ReadonlyMap<string, readonly ConstraintRow[]> | undefined;
  const constraintsOfSameName = (constraint: ConstraintRow): readonly ConstraintRow[] => {
    ownNames ??= groupBy(
      catalog.constraints.filter((row) => row.isLocal),
      nameOf,
    );
    return ownNames.get(nameOf(constraint)) ?? [];
  };
  const sqlNames = new Map<number, string>();
  const index: RelationLookup = {
    dumpable,
    byOid,
    columns: groupBy(catalog.columns, (row) => row.relation),
    constraints: groupBy(catalog.constraints, (row) => row.relation),
    parents: related(catalog, "child", "parent"),
    children: related(catalog, "parent", "child"),
    isDumped: (oid) => dumpableOids.has(oid),
    carries: (oid, attached) => dumpableOids.has(oid) || userObjects.has(attached),
    isCommented: (constraint) => commented.has(constraint),
    isNameShared: (constraint) =>
      constraintsOfSameName(constraint).some((row) => row.relation !== constraint.relation),
    sqlName: (oid) => {
      const known = sqlNames.get(oid);
      if (known !== undefined) return known;
      const row = byOid.get(oid)!;
      const name = qualify(context.namespace(row.namespace), row.name);
      sqlNames.set(oid, name);
      return name;
    },
  };
  made.set(catalog, index);
  return index;
}

/** The address of a relation, which is its piece's id. */
export function relationAddress(oid: number): Address {
  return address(CATALOG.class, oid);
}

/** The names of the columns in the order that CREATE TABLE … INHERITS gives: the parents' first. */
function mergedOrder(index: RelationLookup, row: RelationRow): string[] {
  const namesOf = (oid: number): string[] => (index.columns.get(oid) ?? []).map(({ name }) => name);
  const inherited = (index.parents.get(row.oid) ?? []).flatMap(namesOf);
  return [...new Set([...inherited, ...namesOf(row.oid)])];
}

function keepsOrder(index: RelationLookup, row: RelationRow): boolean {
  const own = (index.columns.get(row.oid) ?? []).map(({ name }) => name);
  return mergedOrder(index, row).join("\0") === own.join("\0");
}

/**
 * Whether an inheriting table must be made alone and then told its parents: all its columns and constraints are its
 * own (so ALTER TABLE … INHERIT made it), in an order that CREATE TABLE … INHERITS would not give.
 */
function inheritsByAlter(index: RelationLookup, row: RelationRow): boolean {
  if (row.isPartition || !index.parents.has(row.oid)) return false;
  const columns = index.columns.get(row.oid) ?? [];
  const constraints = index.constraints.get(row.oid) ?? [];
  return (
    columns.every(({ isLocal }) => isLocal) &&
    constraints.every(({ isLocal }) => isLocal) &&
    !keepsOrder(index, row)
  );
}

/**
 * Tables whose columns will stand in another order: a parent got a column after they were made. No SQL makes such a
 * table directly, and a restore by pg_dump's script changes the order in the same way. Rows are copied by column name.
 */
export function reorderedTables(context: DdlContext): string[] {
  const index = relationLookup(context);
  return index.dumpable
    .filter(
      (row) => index.parents.has(row.oid) && !isMadeAlone(index, row) && !keepsOrder(index, row),
    )
    .map((row) => index.sqlName(row.oid))
    .sort();
}

/** Whether a table is made without its parents, which it is given afterwards: partitions, and the case above. */
export function isMadeAlone(index: RelationLookup, row: RelationRow): boolean {
  return row.isPartition || inheritsByAlter(index, row);
}

const NONE: readonly ColumnRow[] = [];

/** The same column in the tables that this one inherits from; none where the table is made without them. */
export function inheritedFrom(
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): readonly ColumnRow[] {
  // Most tables have no parents: this is asked several times for each of their columns.
  if (!index.parents.has(row.oid) || isMadeAlone(index, row)) return NONE;
  return parentsOf(index, row, column);
}

/** The same column in all parents. */
export function parentsOf(index: RelationLookup, row: RelationRow, column: ColumnRow): ColumnRow[] {
  return (index.parents.get(row.oid) ?? []).flatMap(
    (parent) => index.columns.get(parent)?.filter((theirs) => theirs.name === column.name) ?? [],
  );
}

/** Whether CREATE TABLE spells this column out, instead of taking it from a parent. */
export function isSpelledOut(index: RelationLookup, row: RelationRow, column: ColumnRow): boolean {
  return column.isLocal || isMadeAlone(index, row);
}
