/** Defaults of columns: inside CREATE TABLE where that is possible, else by ALTER TABLE … SET DEFAULT. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { ColumnRow } from "../../catalog/column.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject, DumpId } from "../dumpable-object.ts";
import { inheritedFrom, isDefinedHere } from "../inheritance.ts";
import { type RelationLookup, relationAddress, relationLookup } from "../relation-lookup.ts";

/** `DEFAULT …` behind a column in CREATE TABLE; null where there is none or it is separate. */
export function inlineDefault(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  if (!isDefinedHere(relations, row, column)) return null;
  const { defaultValue, defaultOid } = column;
  if (defaultValue === null) {
    // The parent's default was dropped from this table alone.
    const hasParentDefault = inheritedFrom(relations, row, column).some(
      (parent) => parent.defaultValue !== null && parent.generated === "",
    );
    return hasParentDefault ? "DEFAULT NULL" : null;
  }
  return context.separate.has(address(CATALOG.attrdef, defaultOid!))
    ? null
    : `DEFAULT ${defaultValue}`;
}

/** One object for each default, so that the plan can take it out of CREATE TABLE; no generation expressions. */
export function defaults(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  return context.catalog.columns
    .filter(
      ({ generated, defaultValue, relation }) =>
        generated === "" &&
        // A column without one needs a statement only where a parent has one.
        (defaultValue !== null || relations.parents.has(relation)) &&
        relations.isDumped(relation),
    )
    .flatMap((column) => defaultObject(context, relations, column) ?? []);
}

function defaultObject(
  context: DdlContext,
  relations: RelationLookup,
  column: ColumnRow,
): DumpableObject | undefined {
  const row = relations.byOid.get(column.relation)!;
  const isTable = row.kind === "r" || row.kind === "p" || row.kind === "f";
  const isInline = isTable && isDefinedHere(relations, row, column);
  const { defaultValue } = column;
  if (defaultValue === null && !(isTable && losesDefault(relations, row, column))) return undefined;
  const relation = relationAddress(row.oid);
  const addresses = defaultValue === null ? [] : [address(CATALOG.attrdef, column.defaultOid!)];
  return {
    id: addresses[0] ?? noDefault(column),
    kind: "default",
    namespace: context.namespace(row.namespace),
    name: `${row.name} ${column.name}`,
    section: "pre-data",
    addresses,
    requires: [relation],
    inline: isInline && defaultValue !== null ? relation : undefined,
    parent: relation,
    sql: () => {
      const alter = `ALTER TABLE ONLY ${relations.sqlName(row.oid)} ALTER COLUMN ${quoteIdent(column.name)}`;
      // DEFAULT NULL would stay as a default of its own, of a domain or a type with a length.
      if (defaultValue === null) return [`${alter} DROP DEFAULT`];
      return isInline && !context.separate.has(addresses[0]!)
        ? []
        : [`${alter} SET DEFAULT ${defaultValue}`];
    },
  };
}

/** Whether a column without a default gets one from a parent, which a statement drops. */
function losesDefault(relations: RelationLookup, row: RelationRow, column: ColumnRow): boolean {
  return (
    column.defaultValue === null &&
    inheritedFrom(relations, row, column).some((parent) => parent.defaultValue !== null)
  );
}

/** What drops the default that a column has from its parents: the column can have an identity only after that. */
export function droppedDefault(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): DumpId[] {
  return losesDefault(relations, row, column) ? [noDefault(column)] : [];
}

function noDefault({ relation, number }: ColumnRow): DumpId {
  return `${relationAddress(relation)}#no-default/${number}`;
}

/**
 * Statements that drop inherited defaults of the parents: CREATE TABLE … INHERITS gives what a parent has at that moment,
 * and a column without default nothing else.
 */
export function droppedFromParents(
  { parents, columns }: RelationLookup,
  { oid }: Pick<RelationRow, "oid">,
): DumpId[] {
  return (parents.get(oid) ?? [])
    .filter((parent) => parents.has(parent))
    .flatMap((parent) => columns.get(parent) ?? [])
    .filter(({ defaultValue }) => defaultValue === null)
    .map(noDefault);
}
