/**
 * What a dump will hold, as a value: the statements in order, the relations whose rows are copied, the sequences whose
 * positions are kept. Pure: the catalog goes in, the plan comes out, and nothing is asked of the server.
 */
import type { Address, ByAddress } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import { ddlContext, type DdlContext, type DdlOptions } from "../ddl/context.ts";
import { invalidIndexes } from "../ddl/kinds/index-relation.ts";
import { dumpableObjects as allPieces, components } from "../ddl/emitters.ts";
import type { ObjectKind } from "../catalog/kinds.ts";
import type { DumpableObject, DumpId, Section, ServerFeature } from "../ddl/dumpable-object.ts";
import { relationAddress, relationLookup, reorderedTables } from "../ddl/relation-lookup.ts";
import { withoutNoIndent } from "../sql/deparse/normalize.ts";
import { roundTrips } from "../sql/deparse/round-trip.ts";
import { type Warning, warning } from "../warnings.ts";
import { objectLabel } from "../util/label.ts";
import { type DependencyGraph, definingObjects, definingObjectsAndMembers } from "./graph.ts";
import { equalitySchemas, withEquality } from "./equality-operators.ts";
import { order } from "./order.ts";
import { select, type Selection, type SelectOptions } from "./select.ts";

export interface PlanOptions extends SelectOptions, DdlOptions {
  /** Carry the owners of objects. */
  readonly owner: boolean;
  /** Carry privileges and default privileges. */
  readonly privileges: boolean;
  readonly schemaOnly: boolean;
  readonly dataOnly: boolean;
  /** Sections whose objects are taken; both when absent. `data` among them means nothing here. */
  readonly sections?: readonly string[] | undefined;
}

/** A piece with its statements, numbered in creation order. */
export interface PlannedObject {
  readonly id: number;
  readonly kind: ObjectKind;
  readonly namespace: string | null;
  readonly name: string;
  readonly section: Section;
  readonly statements: string[];
  /** `id`s of objects that come before, and that this one needs. */
  readonly requires: number[];
  /** `id` of the object that this one is a part of. */
  readonly parent: number | null;
  /** What the statements need of a server beyond the oldest supported major. */
  readonly features: ServerFeature[];
}

/** A relation whose rows are copied. */
export interface DataRelation {
  readonly oid: number;
  readonly namespace: string;
  readonly name: string;
  /** In table order, without generated columns. */
  readonly columns: readonly string[];
  /** Generated columns, in table order. */
  readonly generatedColumns: readonly string[];
  /** The primary key's columns in key order; empty without one. */
  readonly keyColumns: readonly string[];
  /** Blocks of the heap when the catalog was read. */
  readonly pages: number;
  /** The planner's estimate; negative or zero when unknown. */
  readonly rows: number;
  /** Whether its access method is heap, whose rows have addresses that can be cut into ranges. */
  readonly isHeap: boolean;
  /** `WHERE …` with which an extension marked the rows of its configuration that are the user's; null for all rows. */
  readonly condition: string | null;
  /** `id` of the object that makes the relation; null when it is not in the plan. */
  readonly object: number | null;
}

/** A sequence whose position is kept. */
export interface DataSequence {
  readonly oid: number;
  readonly namespace: string;
  readonly name: string;
  readonly object: number | null;
}

export interface Plan {
  readonly objects: readonly PlannedObject[];
  readonly relations: readonly DataRelation[];
  readonly sequences: readonly DataSequence[];
  /** Whether what large objects hold is taken: as they themselves are. */
  readonly largeObjects: boolean;
  /** Names of roles that the statements name, sorted. */
  readonly roles: readonly string[];
  readonly warnings: readonly Warning[];
  /** The selection, for people; empty when everything was taken. */
  readonly selection: readonly string[];
  /** The objects that some piece makes, to compare with what the catalogs hold. */
  readonly covered: ByAddress<unknown>;
}

/**
 * Plans a dump.
 * @throws UsageError for patterns that are malformed or match nothing, UnsupportedObjectError for circles of objects
 * that SQL can't create.
 */
export function planDump(catalog: Catalog, options: PlanOptions): Plan {
  const separate = new Set<Address>();
  const context = ddlContext(catalog, options, separate);
  const main = allPieces(context);
  const every = [...main, ...components(context, main, options)].filter(
    (object) => options.privileges || object.kind !== "default-privileges",
  );
  const selection = select(context, every, options);
  const taken = every.filter((object) => selection.takes(object));
  const { sorted, graph } = order(catalog, taken, separate);

  const { objects, numberOf } = plannedObjects(
    catalog,
    graph,
    options.dataOnly ? [] : sorted,
    options,
  );
  const roles = new Set<string>();
  const objectWarnings: Warning[] = [];
  taken.forEach((object) => {
    object.roles?.forEach((oid) => roles.add(context.role(oid)));
    if (object.warnings !== undefined) objectWarnings.push(...object.warnings);
  });
  return {
    objects,
    relations: options.schemaOnly ? [] : dataRelations(context, selection, numberOf),
    sequences: options.schemaOnly ? [] : dataSequences(context, selection, numberOf),
    largeObjects: !options.schemaOnly && taken.some(({ kind }) => kind === "large-object"),
    roles: [...roles].sort(),
    warnings: [
      // The catalogs have no order of their own.
      ...objectWarnings.sort(byMessage),
      ...reorderedTables(context)
        .filter(() => !options.dataOnly)
        .map((name) =>
          warning(
            "column-order",
            `table ${name}`,
            `table ${name}: a parent's later column will stand before the table's own ones`,
          ),
        ),
      ...invalidIndexes(context).map((name) =>
        warning(
          "invalid-index",
          `index ${name}`,
          `index ${name} is invalid and was left out; REINDEX or drop it`,
        ),
      ),
      ...missing(catalog, every, taken, selection),
    ],
    selection: selection.described,
    covered: definingObjects(main),
  };
}

/**
 * Pieces with statements, numbered, their needs expressed by those numbers through pieces without statements; and the
 * numbers by piece.
 */
function plannedObjects(
  catalog: Catalog,
  { objects, places, requires }: DependencyGraph,
  sorted: readonly number[],
  { sections = ["pre-data", "post-data"], reproducible = false }: PlanOptions,
): { objects: PlannedObject[]; numberOf: (object: DumpId | undefined) => number | null } {
  const equalities = equalitySchemas(catalog, objects);
  /** By the piece's place; -1 for none. */
  const numbers = new Int32Array(objects.length).fill(-1);
  const none: number[] = [];
  /** What stands for each piece in `requires`: its own number, or those of what it needs. */
  const standsFor: number[][] = objects.map(() => none);
  const planned: PlannedObject[] = [];
  const numberOf = (object: DumpId | undefined): number | null => {
    const place = object === undefined ? undefined : places.get(object);
    return place === undefined || numbers[place]! < 0 ? null : numbers[place]!;
  };
  // Much of a statement is what the server made of an expression; quoted text is not touched.
  const spell = (sql: string): string => roundTrips(reproducible ? withoutNoIndent(sql) : sql);
  sorted.forEach((place) => {
    const object = objects[place]!;
    const statements = sections.includes(object.section)
      ? withEquality(object.sql().map(spell), equalities.get(object.id))
      : [];
    const needs = ascending(requires[place]!.map((need) => standsFor[need]!));
    if (statements.length === 0) {
      standsFor[place] = needs;
      return;
    }
    const id = planned.length;
    numbers[place] = id;
    standsFor[place] = [id];
    planned.push({
      id,
      kind: object.kind,
      namespace: object.namespace,
      name: object.name,
      section: object.section,
      statements,
      requires: needs,
      parent: numberOf(object.parent),
      features: [...(object.features ?? [])],
    });
  });
  return { objects: planned, numberOf };
}

/** The numbers of all lists, each once. */
function ascending(lists: readonly number[][]): number[] {
  if (lists.length === 1) return lists[0]!;
  const all: number[] = [];
  for (const list of lists) for (const number of list) all.push(number);
  if (all.length < 2) return all;
  all.sort((a, b) => a - b);
  return all.some((number, n) => number === all[n - 1]) ? [...new Set(all)] : all;
}

function dataRelations(
  context: DdlContext,
  selection: Selection,
  numberOf: (object: DumpId) => number | null,
): DataRelation[] {
  const index = relationLookup(context);
  const conditions = new Map(
    context.catalog.extensions.flatMap((row) =>
      row.configTables.map((table) => [table.relationOid, table.condition] as const),
    ),
  );
  const pages = new Map(context.catalog.tableSizes.map((row) => [row.oid, row.pages]));
  return context.catalog.relations
    .filter((row) => row.kind === "r" && selection.takesRows(row.oid))
    .filter((row) => index.isDumped(row.oid) || conditions.has(row.oid))
    .map((row) => {
      const columns = index.columns.get(row.oid) ?? [];
      const key = index.constraints.get(row.oid)?.find((co) => co.type === "p");
      const names = new Map(columns.map((column) => [column.number, column.name]));
      return {
        oid: row.oid,
        namespace: context.namespace(row.namespace),
        name: row.name,
        columns: columns.filter((column) => column.generated === "").map((column) => column.name),
        generatedColumns: columns
          .filter((column) => column.generated !== "")
          .map((column) => column.name),
        keyColumns: key === undefined ? [] : key.columns.map((number) => names.get(number)!),
        pages: pages.get(row.oid) ?? 0,
        rows: row.rows,
        isHeap: row.accessMethod === "heap",
        condition: conditions.get(row.oid) || null,
        object: numberOf(relationAddress(row.oid)),
      };
    })
    .sort(byName);
}

function dataSequences(
  context: DdlContext,
  selection: Selection,
  numberOf: (object: DumpId) => number | null,
): DataSequence[] {
  const index = relationLookup(context);
  const configured = new Set(
    context.catalog.extensions.flatMap((row) => row.configTables.map((table) => table.relationOid)),
  );
  return context.catalog.relations
    .filter((row) => row.kind === "S" && selection.takesRows(row.oid))
    .filter((row) => index.isDumped(row.oid) || configured.has(row.oid))
    .map((row) => ({
      oid: row.oid,
      namespace: context.namespace(row.namespace),
      name: row.name,
      object: numberOf(relationAddress(row.oid)),
    }))
    .sort(byName);
}

function byName(
  a: { namespace: string; name: string },
  b: { namespace: string; name: string },
): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

/** Objects that a chosen one needs and that the selection left out: they must exist where it is restored. */
function missing(
  catalog: Catalog,
  every: readonly DumpableObject[],
  taken: readonly DumpableObject[],
  selection: Selection,
): Warning[] {
  if (selection.everything) return [];
  const made = definingObjectsAndMembers(catalog, every);
  const inside = new Set(taken);
  const found = new Map<string, Warning>();
  for (const { classid, refclassid, deptype, objids, refobjids } of catalog.depends) {
    const froms = made.get(classid);
    const tos = made.get(refclassid);
    // An owning column that is not there simply does not own.
    if (froms === undefined || tos === undefined || deptype === "a") continue;
    objids.forEach((oid, n) => {
      const from = every[froms.get(oid) ?? -1];
      const to = every[tos.get(refobjids[n]!) ?? -1];
      if (from === undefined || to === undefined || !inside.has(from) || inside.has(to)) return;
      // The schema public is in every database.
      if (to.sql().length === 0) return;
      const message = `${objectLabel(from)} needs ${objectLabel(to)}, which was not selected`;
      found.set(message, warning("not-selected", objectLabel(from), message));
    });
  }
  return [...found.values()].sort(byMessage);
}

function byMessage(a: Warning, b: Warning): number {
  return a.message < b.message ? -1 : a.message > b.message ? 1 : 0;
}
