/**
 * CREATE TABLE … INHERITS refuses parents whose columns of one name differ in storage or compression, or in the default where
 * the child gives none (MergeAttributes(), src/backend/commands/tablecmds.c). They can differ when one of them was changed
 * after the child was created. So they are made to agree with the first parent while the child is created.
 */
import { address, CATALOG } from "../../catalog/address.ts";
import type { ColumnRow } from "../../catalog/column.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { inheritedCompression, setCompression, setStorage } from "../column-settings.ts";
import type { DdlContext } from "../context.ts";
import type { DumpId } from "../dumpable-object.ts";
import { inheritedFrom, isDefinedHere } from "../inheritance.ts";
import type { RelationLookup } from "../relation-lookup.ts";
import { inlineDefault } from "./default.ts";

/** The statements for before and after CREATE TABLE. */
export function agreeingParents(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
): { before: string[]; after: string[] } {
  const before: string[] = [];
  const after: string[] = [];
  // Most tables have one parent at most.
  if ((relations.parents.get(row.oid)?.length ?? 0) < 2) return { before, after };
  for (const column of relations.columns.get(row.oid) ?? []) {
    const parents = inheritedFrom(relations, row, column);
    const conflicting = conflictingDefaults(context, relations, row, column);
    for (const parent of parents) {
      const alter = (action: string): string => alterColumn(relations, parent, action);
      const storage = parents[0]!.storage;
      if (parent.storage !== storage) {
        before.push(alter(setStorage(storage)));
        after.push(alter(setStorage(parent.storage)));
      }
      if (isCompressedOtherwise(context, parent, parents)) {
        before.push(alter(setCompression("")));
        after.push(alter(setCompression(parent.compression)));
      }
      if (conflicting.has(parent)) {
        before.push(alter("DROP DEFAULT"));
        after.push(alter(`SET DEFAULT ${parent.defaultValue!}`));
      }
    }
  }
  return { before, after };
}

/** The parents' columns whose default is another than the first one. A parent without a default agrees with any. */
function conflictingDefaults(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): ReadonlySet<ColumnRow> {
  if (inlineDefault(context, relations, row, column) !== null) return new Set();
  const [first, ...others] = inheritedFrom(relations, row, column).filter(
    ({ defaultValue, defaultOid, generated }) =>
      // One that is separate comes after the tables.
      defaultValue !== null &&
      generated === "" &&
      !context.separate.has(address(CATALOG.attrdef, defaultOid!)),
  );
  return new Set(others.filter(({ defaultValue }) => defaultValue !== first!.defaultValue));
}

/**
 * Statements that set defaults of the parents, which are compared: a column that the parent has from its own parents has
 * their default until then.
 */
export function setOnParents(relations: RelationLookup, row: RelationRow): DumpId[] {
  if ((relations.parents.get(row.oid)?.length ?? 0) < 2) return [];
  return (relations.columns.get(row.oid) ?? [])
    .filter((column) => !isDefinedHere(relations, row, column))
    .map((column) => inheritedFrom(relations, row, column))
    .filter((parents) => parents.length > 1)
    .flat()
    .filter(({ defaultOid, generated }) => defaultOid !== null && generated === "")
    .filter((parent) => !isDefinedHere(relations, relations.byOid.get(parent.relation)!, parent))
    .map(({ defaultOid }) => address(CATALOG.attrdef, defaultOid!));
}

/** A parent without a method agrees with any. */
function isCompressedOtherwise(
  { options }: DdlContext,
  { compression }: ColumnRow,
  parents: readonly ColumnRow[],
): boolean {
  if (options.noToastCompression || compression === "") return false;
  return compression !== inheritedCompression(parents);
}

function alterColumn(relations: RelationLookup, column: ColumnRow, action: string): string {
  const foreign = relations.byOid.get(column.relation)?.kind === "f" ? "FOREIGN " : "";
  return `ALTER ${foreign}TABLE ONLY ${relations.sqlName(column.relation)} ALTER COLUMN ${quoteIdent(column.name)} ${action}`;
}
