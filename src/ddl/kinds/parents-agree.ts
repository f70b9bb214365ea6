/**
 * CREATE TABLE … INHERITS refuses parents whose columns of one name differ in storage or compression (MergeAttributes(),
 * src/backend/commands/tablecmds.c). They can differ when one of them was changed after the child was created. So they
 * are made to agree with the first parent while the child is created.
 */
import type { ColumnRow } from "../../catalog/column.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { inheritedCompression, setCompression, setStorage } from "../column-settings.ts";
import type { DdlContext } from "../context.ts";
import { inheritedFrom } from "../inheritance.ts";
import type { RelationLookup } from "../relation-lookup.ts";

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
    }
  }
  return { before, after };
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
