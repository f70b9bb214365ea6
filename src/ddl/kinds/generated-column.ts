/** Generation expressions of columns, which are always inside CREATE TABLE. */
import type { ColumnRow } from "../../catalog/column.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { inheritedFrom, isDefinedHere, parentColumns } from "../inheritance.ts";
import type { RelationLookup } from "../relation-lookup.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

/** For people who read the statement: servers before 16 refuse it. */
const OVERRIDES = "/* a parent has another expression */";

/** `GENERATED ALWAYS AS …` behind a column in CREATE TABLE; null where it is not generated or inherits the expression. */
export function inlineGeneration(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  if (column.generated === "" || inheritsGeneration(relations, row, column)) return null;
  const word = column.generated === "s" ? "STORED" : "VIRTUAL";
  const overrides = overridesGeneration(relations, row, column) ? ` ${OVERRIDES}` : "";
  return `GENERATED ALWAYS AS (${column.defaultValue!}) ${word}${overrides}`;
}

/** Whether a column that comes from the parents got another expression afterwards, by SET EXPRESSION (17). */
export function isRegenerated(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): boolean {
  if (column.generated === "" || row.ofType !== null || isDefinedHere(relations, row, column))
    return false;
  const [first] = inheritedFrom(relations, row, column).filter(isGenerated);
  return first !== undefined && first.defaultValue !== column.defaultValue;
}

/** Requirements of the generated columns of a table. */
export function generationFeatures(relations: RelationLookup, row: RelationRow): ServerFeature[] {
  let isVirtual = false;
  let isOverride = false;
  let isChange = false;
  for (const column of relations.columns.get(row.oid) ?? []) {
    if (column.generated === "" || inheritsGeneration(relations, row, column)) continue;
    // Nothing is written of a column that comes from a parent.
    if (row.ofType === null && !isDefinedHere(relations, row, column)) {
      isChange ||= isRegenerated(relations, row, column);
      continue;
    }
    isVirtual ||= column.generated === "v";
    isOverride ||= overridesGeneration(relations, row, column);
  }
  return [
    ...(isChange ? [FEATURE.expressionChange] : []),
    ...(isOverride ? [FEATURE.generationOverride] : []),
    ...(isVirtual ? [FEATURE.virtualColumn] : []),
  ];
}

/** Whether a column is generated in a child and not in a parent, which servers up to 15 allow. */
export function isGeneratedAlone(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): boolean {
  if (column.generated === "") return false;
  return parentColumns(relations, row, column).some(({ generated }) => generated === "");
}

/** Whether the parents give the same expression: before 16 a child must not repeat it. */
function inheritsGeneration(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): boolean {
  const generating = inheritedFrom(relations, row, column).filter(isGenerated);
  return (
    generating.length > 0 &&
    generating.every(({ defaultValue }) => defaultValue === column.defaultValue)
  );
}

function overridesGeneration(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): boolean {
  return parentColumns(relations, row, column).some(
    (parent) => isGenerated(parent) && parent.defaultValue !== column.defaultValue,
  );
}

function isGenerated({ generated }: ColumnRow): boolean {
  return generated !== "";
}
