/** Columns of tables: their definitions in CREATE TABLE, and the ALTER COLUMN that follow it. */
import type { ColumnRow } from "../../catalog/column.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { foreignOptions } from "../../sql/storage-options.ts";
import { columnSettings } from "../column-settings.ts";
import { beforeMajor } from "../conditional-statement.ts";
import type { DdlContext } from "../context.ts";
import { inheritedFrom, isDefinedHere } from "../inheritance.ts";
import type { RelationLookup } from "../relation-lookup.ts";
import { inlineDefault } from "./default.ts";
import { inlineGeneration, isRegenerated } from "./generated-column.ts";
import {
  alteredNotNull,
  columnNotNull,
  isNullableChild,
  isSetNotNull,
  tableNotNull,
} from "./column-not-null.ts";

/** The element of CREATE TABLE for a column; null where its parents or its type say all of it. */
export function columnDefinition(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  // PostgreSQL 18 lets a child give an inherited column a constraint of its own.
  if (isInherited(relations, row, column)) return tableNotNull(context, relations, row, column);
  const defaultText =
    column.generated === ""
      ? inlineDefault(context, relations, row, column)
      : inlineGeneration(relations, row, column);
  const notNull = columnNotNull(context, relations, row, column);
  const qualifiers =
    (defaultText === null ? "" : ` ${defaultText}`) + (notNull === null ? "" : ` ${notNull}`);
  const name = quoteIdent(column.name);
  if (row.ofType !== null) return qualifiers === "" ? null : `${name} WITH OPTIONS${qualifiers}`;
  const options =
    column.foreignOptions === null ? "" : ` OPTIONS (${foreignOptions(column.foreignOptions)})`;
  const collation = column.collation === null ? "" : ` COLLATE ${column.collation}`;
  return `${name} ${column.type}${options}${collation}${qualifiers}`;
}

/** The statements that set what CREATE TABLE cannot say of the columns. */
export function alterColumns(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
): string[] {
  const table = `ALTER ${row.kind === "f" ? "FOREIGN " : ""}TABLE ONLY ${relations.sqlName(row.oid)}`;
  const statements: string[] = [];
  for (const column of relations.columns.get(row.oid) ?? []) {
    const alter = (action: string): string =>
      `${table} ALTER COLUMN ${quoteIdent(column.name)} ${action}`;
    if (isInherited(relations, row, column)) {
      if (isSetNotNull(context, relations, row, column)) statements.push(alter("SET NOT NULL"));
      if (isRegenerated(relations, row, column))
        statements.push(alter(`SET EXPRESSION AS (${column.defaultValue!})`));
      if (column.foreignOptions !== null)
        statements.push(alter(`OPTIONS (${foreignOptions(column.foreignOptions)})`));
    }
    const altered = alteredNotNull(context, relations, row, column);
    if (altered !== null) statements.push(altered);
    if (isNullableChild(context, relations, row, column))
      // From 18 on a table's NOT NULL is that of its children as well.
      statements.push(beforeMajor(18, alter("DROP NOT NULL")));
    const parents = inheritedFrom(relations, row, column);
    statements.push(...columnSettings(context, column, parents).map(alter));
  }
  return statements;
}

/** Whether CREATE TABLE … INHERITS brings the column. */
function isInherited(relations: RelationLookup, row: RelationRow, column: ColumnRow): boolean {
  return row.ofType === null && !isDefinedHere(relations, row, column);
}
