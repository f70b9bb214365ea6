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
  const inherited = inheritedDefaults(relations, row, column);
  // The parent's default was dropped from this table alone.
  if (defaultValue === null) return inherited.size > 0 ? "DEFAULT NULL" : null;
  if (context.separate.has(address(CATALOG.attrdef, defaultOid!)))
    return inherited.size > 1 ? "DEFAULT NULL" : null;
  return conflictingChildren(relations, column).length > 0 ? null : `DEFAULT ${defaultValue}`;
}

/** The defaults that CREATE TABLE … INHERITS finds on the parents' columns. */
function inheritedDefaults(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): ReadonlySet<string> {
  const parents = inheritedFrom(relations, row, column);
  return new Set(
    parents.flatMap(({ defaultValue, generated }) =>
      defaultValue === null || generated !== "" ? [] : [defaultValue],
    ),
  );
}

/**
 * Tables that take this column from several parents whose defaults differ, which CREATE TABLE … INHERITS refuses of a column
 * that it does not define (MergeAttributes(), src/backend/commands/tablecmds.c). One was changed after the table was created.
 * So the parents get these defaults after the table.
 */
function conflictingChildren(relations: RelationLookup, { relation, name }: ColumnRow): number[] {
  return (relations.children.get(relation) ?? []).filter((child) => {
    if (relations.parents.get(child)!.length < 2) return false;
    const row = relations.byOid.get(child)!;
    const column = relations.columns.get(child)?.find((each) => each.name === name);
    if (column === undefined || isDefinedHere(relations, row, column)) return false;
    return inheritedDefaults(relations, row, column).size > 1;
  });
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
  const { defaultValue } = column;
  const conflicting =
    isTable && defaultValue !== null ? conflictingChildren(relations, column) : [];
  const isInline = isTable && isDefinedHere(relations, row, column) && conflicting.length === 0;
  if (defaultValue === null) {
    const hasParentDefault = inheritedFrom(relations, row, column).some(
      (parent) => parent.defaultValue !== null,
    );
    if (!hasParentDefault || !isTable) return undefined;
  }
  const relation = relationAddress(row.oid);
  const addresses = defaultValue === null ? [] : [address(CATALOG.attrdef, column.defaultOid!)];
  return {
    id: addresses[0] ?? noDefault(column),
    kind: "default",
    namespace: context.namespace(row.namespace),
    name: `${row.name} ${column.name}`,
    section: "pre-data",
    addresses,
    requires: [relation, ...conflicting.map(relationAddress)],
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
