/** Generation expressions of columns, which are always inside CREATE TABLE. */
import type { ColumnRow } from "../../catalog/column.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import type { DdlContext } from "../context.ts";
import { inheritedFrom, isAttachedLater, isDefinedHere, parentColumns } from "../inheritance.ts";
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
    ...(isAttachedLater(relations, row) ? [] : inheritanceFeatures(relations, row)),
  ];
}

/** Requirements of the statement by which a table inherits. @param parent only from this one. */
export function inheritanceFeatures(
  relations: RelationLookup,
  row: RelationRow,
  parent?: number,
): ServerFeature[] {
  const columns = relations.columns.get(row.oid) ?? [];
  const isAlone = columns.some((column) => isGeneratedAlone(relations, row, column, parent));
  return isAlone ? [FEATURE.generatedAlone] : [];
}

/** Whether a column is generated in a child and not in a parent, which servers up to 15 allow. */
export function isGeneratedAlone(
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
  parent?: number,
): boolean {
  if (column.generated === "") return false;
  return parentColumns(relations, row, column).some(
    ({ relation, generated }) => generated === "" && (parent ?? relation) === relation,
  );
}

/**
 * Why no statement gives a child its column beside those of its parents; undefined where one does. Only ADD COLUMN to a parent
 * makes such columns, and from several parents up to 15 INHERIT: nothing compares their generation.
 */
export function generationConflict(
  context: DdlContext,
  relations: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | undefined {
  const parents = new Set(parentColumns(relations, row, column).map(({ generated }) => generated));
  const others = [...parents].filter((generated) => generated !== column.generated);
  if (others.length === 0) return undefined;
  if (column.generated === "") return "is not generated, its parent's is";
  if (!parents.has("")) return "is generated in another way than its parent's";
  const isRefused =
    context.catalog.version.major >= 16 || (parents.size > 1 && !isAttachedLater(relations, row));
  return isRefused ? "is generated, its parent's is not" : undefined;
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

/** Whether a column has another expression than a parent's. */
export function overridesGeneration(
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
