/**
 * Selection of what a dump takes, by patterns and with pg_dump's rules: patterns for schemas or relations leave out all
 * that belongs to neither; a relation includes its parts, but not what it depends on.
 */
import { address, CATALOG, catalogOf, oidOf } from "../catalog/address.ts";
import { excludedKinds } from "../catalog/kind-options.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DdlContext } from "../ddl/context.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { matchPatterns, type Matches } from "./match-patterns.ts";
import { type SelectedPattern, selectedPatterns, type SelectOptions } from "./select-options.ts";

export interface Selection {
  readonly includes: (object: DumpableObject) => boolean;
  /** Whether a relation is selected, by its oid. */
  readonly includesRelation: (relation: number) => boolean;
  /** Whether the rows of a relation are dumped, by its oid. */
  readonly includesRows: (relation: number) => boolean;
  /** Whether a foreign table's rows are dumped, by the oid of its server; those of a table are decided by `includesRows`. */
  readonly includesForeignServer: (server: number) => boolean;
  /** Whether the whole database is dumped. */
  readonly everything: boolean;
  /** The patterns of all options. */
  readonly patterns: readonly SelectedPattern[];
}

/**
 * Decides which of `objects` to dump.
 * @throws UsageError when a pattern is malformed, or matches nothing where it must.
 */
export function select(
  context: DdlContext,
  objects: readonly DumpableObject[],
  options: SelectOptions,
): Selection {
  const matches = matchPatterns(context, options);
  const { catalog } = context;
  const includesRelation = relationFilter(catalog, matches);
  const withoutRows = relationsWithoutRows(catalog, matches, options);
  const kinds = excludedKinds(options);
  const everything =
    matches.schemas === null &&
    matches.excludeSchemas === null &&
    matches.tables === null &&
    matches.excludeTables === null &&
    matches.extensions === null &&
    matches.excludeExtensions === null;
  return {
    includes:
      everything && kinds.size === 0
        ? () => true
        : objectFilter(catalog, objects, { matches, kinds, includesRelation }),
    includesRelation,
    includesRows: (oid) => includesRelation(oid) && !withoutRows(oid),
    includesForeignServer: (oid) => isIn(matches.includeForeignData, oid),
    everything,
    patterns: selectedPatterns(options),
  };
}

/** Whether a relation is dumped without its contents although it is selected. */
function relationsWithoutRows(
  { relations, members }: Catalog,
  { excludeTableData, excludeExtensions }: Matches,
  { noUnloggedTableData = false }: SelectOptions,
): (oid: number) => boolean {
  const unlogged = new Set(
    noUnloggedTableData
      ? relations.flatMap(({ oid, persistence }) => (persistence === "u" ? [oid] : []))
      : [],
  );
  return (oid) => {
    const extension = members.get(address(CATALOG.class, oid));
    return (
      isIn(excludeTableData, oid) ||
      unlogged.has(oid) ||
      (extension !== undefined && isIn(excludeExtensions, extension))
    );
  };
}

/** Whether a schema is dumped with all that is in it. */
function isSchemaIncluded({ schemas, excludeSchemas, tables }: Matches, oid: number): boolean {
  return tables === null && (schemas === null || schemas.has(oid)) && !isIn(excludeSchemas, oid);
}

function relationFilter(catalog: Catalog, matches: Matches): (oid: number) => boolean {
  const relations = new Map(catalog.relations.map((row) => [row.oid, row]));
  const owners = new Map(catalog.sequences.map((row) => [row.oid, row.ownerRelation]));
  const includesRelation = (oid: number): boolean => {
    const row = relations.get(oid);
    if (row === undefined) return false;
    // A sequence is dumped with the column that owns it even where a pattern excludes it: the default needs it.
    const owner = owners.get(oid) ?? null;
    if (owner !== null && includesRelation(owner)) return true;
    if (isIn(matches.excludeTables, oid)) return false;
    return matches.tables?.has(oid) ?? isSchemaIncluded(matches, row.namespace);
  };
  return includesRelation;
}

interface ObjectFilter {
  readonly matches: Matches;
  /** Kinds that are left out. */
  readonly kinds: ReadonlySet<string>;
  readonly includesRelation: (oid: number) => boolean;
}

/** An object is dumped with the one that it is a part of; others by relation, extension or schema. */
function objectFilter(
  catalog: Catalog,
  objects: readonly DumpableObject[],
  { matches, kinds, includesRelation }: ObjectFilter,
): (object: DumpableObject) => boolean {
  const byId = new Map(objects.map((object) => [object.id, object]));
  const relations = new Set(catalog.relations.map((row) => row.oid));
  const namespaces = new Map(catalog.namespaces.map((row) => [row.name, row.oid]));
  const extensions = new Map(catalog.extensions.map((row) => [row.name, row.oid]));
  /** Whether objects are dumped that belong to no schema. */
  const includesGlobal = matches.schemas === null && matches.tables === null;
  const includes = (object: DumpableObject): boolean => {
    if (kinds.has(object.kind)) return false;
    const parent = object.parent === undefined ? undefined : byId.get(object.parent);
    if (parent !== undefined) return includes(parent);
    const relation = relationOf(object);
    if (relation !== null && relations.has(relation)) return includesRelation(relation);
    if (object.kind === "extension") {
      const oid = extensions.get(object.name)!;
      return (
        !isIn(matches.excludeExtensions, oid) && (matches.extensions?.has(oid) ?? includesGlobal)
      );
    }
    const schema = object.kind === "schema" ? object.name : object.namespace;
    return schema === null
      ? includesGlobal
      : isSchemaIncluded(matches, namespaces.get(schema) ?? 0);
  };
  return includes;
}

/** The oid of the `pg_class` row that an object defines; null for other objects. */
function relationOf({ id }: DumpableObject): number | null {
  return typeof id === "number" && catalogOf(id) === CATALOG.class ? oidOf(id) : null;
}

function isIn(oids: ReadonlySet<number> | null, oid: number): boolean {
  return oids?.has(oid) ?? false;
}
