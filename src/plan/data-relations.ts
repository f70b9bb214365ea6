/** The relations whose rows a dump copies, and the sequences whose values it records. */
import type { ColumnRow } from "../catalog/column.ts";
import type { RelationRow } from "../catalog/relation.ts";
import type { DdlContext } from "../ddl/context.ts";
import { qualify } from "../sql/ident.ts";
import { type Warning, warning } from "../warnings.ts";
import { relationAddress, relationLookup } from "../ddl/relation-lookup.ts";
import { loadThroughOf, type LoadThrough, type LoadThroughOptions } from "./load-through.ts";
import type { PlannedId } from "./planned-objects.ts";
import type { Selection } from "./select.ts";

/** A relation whose rows are copied. */
export interface DataRelation {
  readonly oid: number;
  readonly namespace: string;
  readonly name: string;
  /** In table order, without generated columns. */
  readonly columns: readonly string[];
  /** The types of `columns`, each as `format_type()` prints it. */
  readonly columnTypes: readonly string[];
  /** In table order. */
  readonly generatedColumns: readonly string[];
  /** The primary key's columns in key order; empty without one. */
  readonly keyColumns: readonly string[];
  /** Blocks of the heap when the catalog was read. */
  readonly pages: number;
  /** Blocks of its TOAST table. */
  readonly toastPages: number;
  /** The planner's estimate; negative or zero when unknown. */
  readonly rows: number;
  /** Whether its access method is heap, whose rows have addresses that can be split into ranges. */
  readonly isHeap: boolean;
  /** Whether it is unlogged. */
  readonly isUnlogged: boolean;
  /** Whether it is a foreign table, whose rows are elsewhere: nothing locks them, and no snapshot holds them. */
  readonly isForeign: boolean;
  /** `WHERE …` with which an extension marked the rows of its configuration that are the user's; null for all rows. */
  readonly condition: string | null;
  /** `id` of the planned object that creates the relation; null when it is not in the plan. */
  readonly object: number | null;
  /** The partitioned table through which the rows must be loaded; null for the relation itself. */
  readonly loadThrough: LoadThrough | null;
}

/** A sequence whose current value is recorded. */
export interface DataSequence {
  readonly oid: number;
  readonly namespace: string;
  readonly name: string;
  readonly isUnlogged: boolean;
  /** `id` of the planned object that creates the sequence; null when it is not in the plan. */
  readonly object: number | null;
}

/** Selected tables that hold rows of the user's, by schema and name. */
export function dataRelations(
  context: DdlContext,
  selection: Selection,
  plannedId: PlannedId,
  options: LoadThroughOptions,
): DataRelation[] {
  const relations = relationLookup(context);
  const loadThrough = loadThroughOf(context, selection, options);
  const conditions = configurationTables(context);
  const sizes = new Map(context.catalog.tableSizes.map((row) => [row.oid, row]));
  return [
    ...selectedRelations(context, selection, "r", conditions),
    ...foreignTables(context, selection, conditions),
  ]
    .map((row) => {
      const columns = relations.columns.get(row.oid) ?? [];
      const stored = columns.filter((column) => !isGenerated(column));
      const key = relations.constraints.get(row.oid)?.find(({ type }) => type === "p");
      const names = new Map(columns.map((column) => [column.number, column.name]));
      return {
        oid: row.oid,
        namespace: context.namespace(row.namespace),
        name: row.name,
        columns: stored.map(({ name }) => name),
        columnTypes: stored.map(({ type }) => type),
        generatedColumns: columns.filter(isGenerated).map(({ name }) => name),
        keyColumns: key === undefined ? [] : key.columns.map((number) => names.get(number)!),
        pages: sizes.get(row.oid)?.pages ?? 0,
        toastPages: sizes.get(row.oid)?.toastPages ?? 0,
        rows: row.rows,
        isHeap: row.accessMethod === "heap",
        isUnlogged: row.persistence === "u",
        isForeign: row.kind === "f",
        condition: conditions.get(row.oid) || null,
        object: plannedId(relationAddress(row.oid)),
        loadThrough: loadThrough(row),
      };
    })
    .sort(byName);
}

/** Selected sequences, by schema and name. */
export function dataSequences(
  context: DdlContext,
  selection: Selection,
  plannedId: PlannedId,
): DataSequence[] {
  return selectedRelations(context, selection, "S", configurationTables(context))
    .map((row) => ({
      oid: row.oid,
      namespace: context.namespace(row.namespace),
      name: row.name,
      isUnlogged: row.persistence === "u",
      object: plannedId(relationAddress(row.oid)),
    }))
    .sort(byName);
}

/** Relations of one kind whose contents are selected: the user's, and configuration tables of extensions. */
function selectedRelations(
  context: DdlContext,
  selection: Selection,
  kind: RelationRow["kind"],
  configuration: ReadonlyMap<number, string>,
): RelationRow[] {
  const relations = relationLookup(context);
  return context.catalog.relations.filter(
    (row) =>
      row.kind === kind &&
      selection.includesRows(row.oid) &&
      !isUnreadable(context, row) &&
      (relations.isDumped(row.oid) || configuration.has(row.oid)),
  );
}

/** Foreign tables of the servers that were named. */
function foreignTables(
  context: DdlContext,
  selection: Selection,
  configuration: ReadonlyMap<number, string>,
): RelationRow[] {
  const servers = new Set(
    context.catalog.foreignServers.flatMap(({ oid, name }) =>
      selection.includesForeignServer(oid) ? [name] : [],
    ),
  );
  if (servers.size === 0) return [];
  return selectedRelations(context, selection, "f", configuration).filter(
    ({ foreignServer }) => foreignServer !== null && servers.has(foreignServer),
  );
}

/** A standby has no contents of unlogged relations. */
function isUnreadable({ catalog }: DdlContext, { persistence }: RelationRow): boolean {
  return catalog.database.inRecovery && persistence === "u";
}

/** A warning for each unlogged relation whose contents would be dumped if the server were no standby. */
export function unreadableRelations(context: DdlContext, selection: Selection): Warning[] {
  return context.catalog.relations
    .filter(
      (row) =>
        (row.kind === "r" || row.kind === "S") &&
        selection.includesRows(row.oid) &&
        isUnreadable(context, row),
    )
    .map((row) => {
      const name = qualify(context.namespace(row.namespace), row.name);
      const label = `${row.kind === "S" ? "sequence" : "table"} ${name}`;
      const message = `${label} is unlogged: a standby has ${row.kind === "S" ? "no position of it" : "none of its rows"}, and it was dumped without`;
      return warning("unlogged-on-standby", label, message);
    })
    .sort((a, b) => (a.message < b.message ? -1 : 1));
}

/**
 * The relations that extensions marked with pg_extension_config_dump(), with the condition on their rows; an empty one
 * means all.
 */
function configurationTables({ catalog }: DdlContext): Map<number, string> {
  return new Map(
    catalog.extensions.flatMap((row) =>
      row.configTables.map((table) => [table.relationOid, table.condition] as const),
    ),
  );
}

function isGenerated({ generated }: ColumnRow): boolean {
  return generated !== "";
}

function byName(
  a: { namespace: string; name: string },
  b: { namespace: string; name: string },
): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
