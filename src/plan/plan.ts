/**
 * The contents of a dump as a value: statements in order, relations whose rows are copied, sequences whose values are
 * recorded. Pure: it reads the catalog rows, never the server.
 */
import type { Address, ByAddress } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import { ddlContext, type DdlContext, type DdlOptions } from "../ddl/context.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { components, dumpableObjects } from "../ddl/emitters.ts";
import { invalidIndexes } from "../ddl/kinds/index-relation.ts";
import { conflictingColumns } from "../ddl/kinds/table.ts";
import { reorderedTables } from "../ddl/inheritance.ts";
import { relationLookup } from "../ddl/relation-lookup.ts";
import { type Warning, warning } from "../warnings.ts";
import {
  type DataRelation,
  dataRelations,
  type DataSequence,
  dataSequences,
  unreadableRelations,
} from "./data-relations.ts";
import { definingObjects } from "./defining-objects.ts";
import type { LoadThroughOptions } from "./load-through.ts";
import { order } from "./order.ts";
import { type PlannedObject, plannedObjects } from "./planned-objects.ts";
import { select } from "./select.ts";
import { type StatisticsRelation, statisticsRelations } from "./statistics-relations.ts";
import { attachedLast } from "./unselected-parents.ts";
import { type SelectedPattern, type SelectOptions } from "./select-options.ts";
import { unselectedPartitions } from "./unselected-partitions.ts";
import { unsureCallWarnings } from "./unsure-calls.ts";
import { unselectedDependencies } from "./unselected-dependencies.ts";

export interface PlanOptions extends SelectOptions, DdlOptions, LoadThroughOptions {
  /** Dump the owners of objects. */
  readonly owner: boolean;
  /** Dump privileges and default privileges. */
  readonly privileges: boolean;
  readonly schemaOnly: boolean;
  readonly dataOnly: boolean;
  /** Whether planner statistics are recorded. Default: false. */
  readonly statistics?: boolean | undefined;
  /** Sections whose objects are dumped; both when absent. `data` has no meaning here. */
  readonly sections?: readonly string[] | undefined;
}

export interface Plan {
  readonly objects: readonly PlannedObject[];
  readonly relations: readonly DataRelation[];
  readonly sequences: readonly DataSequence[];
  /** Those whose planner statistics are recorded. */
  readonly statistics: readonly StatisticsRelation[];
  /** Whether the rows of all tables are dumped. */
  readonly allRows: boolean;
  /** Whether the contents of large objects are dumped. */
  readonly largeObjects: boolean;
  /** Names of the roles that the statements name, sorted. */
  readonly roles: readonly string[];
  readonly warnings: readonly Warning[];
  /** Columns of selected tables that no statement creates, each with the reason. */
  readonly conflicts: readonly string[];
  /** The patterns that selected objects; empty when everything is dumped. */
  readonly selection: readonly SelectedPattern[];
  /** The database objects that some dumpable object defines, to compare with what the catalogs hold. */
  readonly covered: ByAddress<unknown>;
}

/**
 * Plans a dump.
 * @throws UsageError for patterns that are malformed or match nothing, UnsupportedObjectError for cycles of objects that
 * SQL cannot create.
 */
export function planDump(catalog: Catalog, options: PlanOptions): Plan {
  // Filled while the order is decided, and read by the objects' `sql`, which is called after that.
  const separate = new Set<Address>();
  const context = ddlContext(catalog, options, separate);
  const main = dumpableObjects(context);
  const parts = components(context, main, options);
  const all = [...main, ...parts].filter(
    ({ kind }) => options.privileges || kind !== "default-privileges",
  );
  const selection = select(context, all, options);
  const included = all.filter(selection.includes);
  const selected = selection.everything ? included : attachedLast(included);
  const { sorted, graph } = order(catalog, selected, separate);
  const statementOrder = options.dataOnly ? [] : sorted;
  const { objects, plannedId } = plannedObjects(catalog, graph, statementOrder, {
    sections: options.sections,
    reproducible: options.reproducible ?? false,
    role: context.role,
  });
  const relations = options.schemaOnly ? [] : dataRelations(context, selection, plannedId, options);
  const withRows = new Set(relations.map(({ oid }) => oid));
  return {
    objects,
    relations,
    sequences: options.schemaOnly ? [] : dataSequences(context, selection, plannedId),
    statistics:
      options.statistics === true ? statisticsRelations(context, withRows, plannedId) : [],
    allRows: selection.everything && hasAllRows(context, withRows),
    largeObjects: !options.schemaOnly && selected.some(({ kind }) => kind === "large-object"),
    roles: rolesOf(context, selected),
    warnings: [
      // The catalogs have no order of their own.
      ...warningsOf(selected).sort(byMessage),
      ...(options.dataOnly ? [] : columnOrderWarnings(context)),
      ...invalidIndexWarnings(context),
      ...(options.dataOnly ? [] : unsureCallWarnings(catalog, graph.objects).sort(byMessage)),
      ...(options.schemaOnly
        ? []
        : [
            ...unreadableRelations(context, selection),
            ...unselectedPartitions(context, selection, options).sort(byMessage),
          ]),
      ...(selection.everything
        ? []
        : unselectedDependencies(catalog, all, new Set(selected)).sort(byMessage)),
    ],
    conflicts: options.dataOnly
      ? []
      : conflictingColumns(context, ({ oid }) => selection.includesRelation(oid)),
    selection: selection.patterns,
    covered:
      selected.length === main.length + parts.length ? graph.defining : definingObjects(main),
  };
}

function hasAllRows(context: DdlContext, withRows: ReadonlySet<number>): boolean {
  return relationLookup(context).dumpable.every(
    ({ kind, oid }) => kind !== "r" || withRows.has(oid),
  );
}

/** The names of all roles that the objects' statements name, sorted. */
function rolesOf(context: DdlContext, objects: readonly DumpableObject[]): string[] {
  const roles = new Set<string>();
  objects.forEach((object) => object.roles?.forEach((oid) => roles.add(context.role(oid))));
  return [...roles].sort();
}

function warningsOf(objects: readonly DumpableObject[]): Warning[] {
  const warnings: Warning[] = [];
  objects.forEach((object) => {
    if (object.warnings !== undefined) warnings.push(...object.warnings);
  });
  return warnings;
}

function columnOrderWarnings(context: DdlContext): Warning[] {
  return reorderedTables(context).map((name) =>
    warning(
      "column-order",
      `table ${name}`,
      `table ${name}: a column that was added to a parent later will come before the table's own columns`,
    ),
  );
}

function invalidIndexWarnings(context: DdlContext): Warning[] {
  return invalidIndexes(context).map((name) =>
    warning(
      "invalid-index",
      `index ${name}`,
      `index ${name} is invalid and was left out; REINDEX or drop it`,
    ),
  );
}

function byMessage(a: Warning, b: Warning): number {
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}
