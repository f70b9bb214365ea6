/** Column defaults: inside CREATE TABLE where that is possible, else by ALTER TABLE … SET DEFAULT. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { ColumnRow } from "../../catalog/column.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import {
  inheritedFrom,
  isSpelledOut,
  parentsOf,
  type RelationLookup,
  relationAddress,
  relationLookup,
} from "../relation-lookup.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

/** For people who read the statement: servers before 16 refuse it. */
const OVERRIDES = "/* a parent has another expression */";

/** DEFAULT or GENERATED as CREATE TABLE says it of this column; null where there is none or it is separate. */
export function writtenDefault(
  context: DdlContext,
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): string | null {
  if (column.generated !== "") {
    if (inheritsGeneration(index, row, column)) return null;
    const word = column.generated === "s" ? "STORED" : "VIRTUAL";
    const overrides = overridesGeneration(index, row, column) ? ` ${OVERRIDES}` : "";
    return `GENERATED ALWAYS AS (${column.defaultValue!}) ${word}${overrides}`;
  }
  const parents = inheritedFrom(index, row, column);
  if (!isSpelledOut(index, row, column)) return null;
  if (column.defaultValue === null) {
    // The parent's default was dropped from this table alone.
    return parents.some((theirs) => theirs.defaultValue !== null && theirs.generated === "")
      ? "DEFAULT NULL"
      : null;
  }
  if (context.separate.has(address(CATALOG.attrdef, column.defaultOid!))) return null;
  return `DEFAULT ${column.defaultValue}`;
}

/** Whether a column has its generation expression from its parents: before 16 a child must not repeat it. */
function inheritsGeneration(index: RelationLookup, row: RelationRow, column: ColumnRow): boolean {
  const generating = inheritedFrom(index, row, column).filter((theirs) => theirs.generated !== "");
  return (
    generating.length > 0 &&
    generating.every((theirs) => theirs.defaultValue === column.defaultValue)
  );
}

function overridesGeneration(index: RelationLookup, row: RelationRow, column: ColumnRow): boolean {
  return parentsOf(index, row, column).some(
    (theirs) => theirs.generated !== "" && theirs.defaultValue !== column.defaultValue,
  );
}

/** What the generated columns in CREATE TABLE need of a server. */
export function generationFeatures(index: RelationLookup, row: RelationRow): ServerFeature[] {
  let isVirtual = false;
  let isOverride = false;
  for (const column of index.columns.get(row.oid) ?? []) {
    if (column.generated === "" || inheritsGeneration(index, row, column)) continue;
    // Then nothing is written of the column.
    if (row.ofType === null && !isSpelledOut(index, row, column)) continue;
    isVirtual ||= column.generated === "v";
    isOverride ||= overridesGeneration(index, row, column);
  }
  return [
    ...(isOverride ? [FEATURE.generationOverride] : []),
    ...(isVirtual ? [FEATURE.virtualColumn] : []),
  ];
}

/** Whether a column is generated in a child and not in a parent, which servers up to 15 allow. */
export function isGeneratedAlone(
  index: RelationLookup,
  row: RelationRow,
  column: ColumnRow,
): boolean {
  if (column.generated === "") return false;
  return parentsOf(index, row, column).some((theirs) => theirs.generated === "");
}

/** One piece for each default, so that the plan can take it out of CREATE TABLE, and for those never inside it. */
export function defaults(context: DdlContext): DumpableObject[] {
  const index = relationLookup(context);
  return context.catalog.columns
    .filter(
      (column) =>
        column.generated === "" &&
        // Most columns have none, and nothing to say of it.
        (column.defaultValue !== null || index.parents.has(column.relation)) &&
        index.isDumped(column.relation),
    )
    .flatMap((column) => defaultObject(context, index, column) ?? []);
}

function defaultObject(
  context: DdlContext,
  index: RelationLookup,
  column: ColumnRow,
): DumpableObject | undefined {
  const row = index.byOid.get(column.relation)!;
  const isTable = row.kind === "r" || row.kind === "p" || row.kind === "f";
  const inside = isTable && isSpelledOut(index, row, column);
  const text = column.defaultValue;
  if (text === null) {
    const lost = inheritedFrom(index, row, column).some((theirs) => theirs.defaultValue !== null);
    // Inside CREATE TABLE it is said there.
    if (!lost || inside || !isTable) return undefined;
  }
  const relation = relationAddress(row.oid);
  const addresses = text === null ? [] : [address(CATALOG.attrdef, column.defaultOid!)];
  return {
    id: addresses[0] ?? `${relation}#no-default/${column.number}`,
    kind: "default",
    namespace: context.namespace(row.namespace),
    name: `${row.name} ${column.name}`,
    section: "pre-data",
    addresses,
    requires: [relation],
    inline: inside ? relation : undefined,
    parent: relation,
    sql: () =>
      inside && !context.separate.has(addresses[0]!)
        ? []
        : [
            `ALTER TABLE ONLY ${index.sqlName(row.oid)} ALTER COLUMN ${quoteIdent(column.name)} SET DEFAULT ${text ?? "NULL"}`,
          ],
  };
}
