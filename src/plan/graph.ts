/**
 * Which dumpable objects must exist before which: what `pg_depend` says of database objects, applied to the dumpable
 * objects that define them, and what dumpable objects require by themselves.
 */
import { type Address, type ByAddress, CATALOG, FUNCTION_BODY } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DependRow } from "../catalog/depend.ts";
import type { DumpableObject, DumpId } from "../ddl/dumpable-object.ts";
import { adjacencyLists, reversedEdges } from "../util/graph.ts";
import { castsBefore, castsByFunction, type CastsByFunction } from "./casts.ts";
import { definingObjectsAndMembers } from "./defining-objects.ts";
import { shellOf, typesNamedLikeSequences } from "./type-names.ts";

/**
 * Objects are known by their indexes in `objects`: a large schema has too many to look each up by its id again and again.
 */
export interface DependencyGraph {
  readonly objects: readonly DumpableObject[];
  readonly indexById: ReadonlyMap<DumpId, number>;
  /** The object whose statements create each database object, members of extensions included. */
  readonly defining: ByAddress<number>;
  /** For each object, those that must exist before it; one can be listed twice. */
  readonly requires: readonly (readonly number[])[];
  /** For each object, those that require it, each as often as it does. */
  readonly requiredBy: readonly (readonly number[])[];
  /**
   * The reasons for edges that an object has only because a part is written inline in its statement: that part, by the
   * indexes of both ends. Such an edge goes away when the part is written separately.
   */
  readonly inlineParts: InlineParts;
}

type InlineParts = ReadonlyMap<number, ReadonlyMap<number, number>>;

/**
 * @param separate addresses of the parts that are not written inline in the statement of the object they belong to, but
 * as statements of their own (see `DdlContext.separate`).
 */
export function dependencyGraph(
  catalog: Catalog,
  objects: readonly DumpableObject[],
  separate: ReadonlySet<Address>,
): DependencyGraph {
  const graph = graphWithCasts(catalog, objects, separate, new Map());
  const casts = castsByFunction(catalog, graph.defining, graph.requires);
  return casts.size === 0 ? graph : graphWithCasts(catalog, objects, separate, casts);
}

/** @param casts those that come before the objects that use them. */
function graphWithCasts(
  catalog: Catalog,
  objects: readonly DumpableObject[],
  separate: ReadonlySet<Address>,
  casts: CastsByFunction,
): DependencyGraph {
  const indexById = new Map<DumpId, number>();
  objects.forEach(({ id }, index) => indexById.set(id, index));
  const holders = objects.map(({ inline, addresses }) =>
    inline === undefined || separate.has(addresses[0]!) ? undefined : indexById.get(inline),
  );
  const edges = new EdgeCollector(holders);
  const defining = definingObjectsAndMembers(catalog, objects);
  addCatalogDependencies(catalog, { objects, defining, holders, casts }, edges);
  objects.forEach(({ requires = [] }, index) => {
    requires.forEach((id) => {
      const to = indexById.get(id);
      if (to !== undefined) edges.add(index, to);
    });
  });
  for (const [type, sequence] of typesNamedLikeSequences(catalog, indexById, defining))
    edges.add(type, sequence);
  const inlineParts = edges.addEdgesOfParts();
  const requires = adjacencyLists(objects.length, edges.from, edges.to);
  redirectToShells(objects, indexById, requires);
  return {
    objects,
    indexById,
    defining,
    requires,
    requiredBy: reversedEdges(requires),
    inlineParts,
  };
}

/** Collects edges. Those of a part that is written inline become edges of the object that holds it. */
class EdgeCollector {
  /** The n-th edge goes from `from[n]` to `to[n]`. */
  readonly from: number[] = [];
  readonly to: number[] = [];
  /** For each object, the one in whose statement it is written; undefined where it has statements of its own. */
  readonly #holders: readonly (number | undefined)[];
  readonly #inlineParts = new Map<number, Map<number, number>>();

  constructor(holders: readonly (number | undefined)[]) {
    this.#holders = holders;
  }

  /** Adds an edge from an object to one that it requires. */
  add(from: number, to: number): void {
    if (from === to) return;
    const holder = this.#holders[from];
    if (holder === undefined) {
      this.from.push(from);
      this.to.push(to);
      return;
    }
    // The holder requires what its parts require, but neither itself nor its other parts.
    if (to === holder || this.#holders[to] === holder) return;
    const parts = this.#inlineParts.get(holder);
    if (parts === undefined) this.#inlineParts.set(holder, new Map([[to, from]]));
    else if (!parts.has(to)) parts.set(to, from);
  }

  /**
   * Adds the edges that objects have because of their parts, and those from the parts to their holders.
   * @returns the parts, without those of edges that the holder has by itself as well.
   */
  addEdgesOfParts(): InlineParts {
    this.from.forEach((from, n) => this.#inlineParts.get(from)?.delete(this.to[n]!));
    for (const [holder, parts] of this.#inlineParts) {
      for (const to of parts.keys()) {
        this.from.push(holder);
        this.to.push(to);
      }
    }
    this.#holders.forEach((holder, index) => {
      if (holder === undefined) return;
      this.from.push(index);
      this.to.push(holder);
    });
    return this.#inlineParts;
  }
}

interface DependencySources extends Pick<DependencyGraph, "objects" | "defining"> {
  /** For each object, the one in whose statement it is written; undefined where it has statements of its own. */
  readonly holders: readonly (number | undefined)[];
  readonly casts: CastsByFunction;
}

function addCatalogDependencies(
  catalog: Catalog,
  { objects, defining, holders, casts }: DependencySources,
  edges: EdgeCollector,
): void {
  for (const row of catalog.depends) {
    const dependents = defining.get(row.classid);
    const referenced = defining.get(row.refclassid);
    if (dependents === undefined || referenced === undefined) continue;
    const { classid, objids, refobjids } = row;
    const isOfFunction = row.refclassid === CATALOG.proc && casts.size > 0;
    const bodies = isOfBody(row) ? defining.get(FUNCTION_BODY) : undefined;
    objids.forEach((oid, n) => {
      const from = bodies?.get(oid) ?? dependents.get(oid);
      const to = referenced.get(refobjids[n]!);
      if (from === undefined || to === undefined) return;
      if (!isIgnored(row, objects[from]!, objects[to]!)) edges.add(from, to);
      if (!isOfFunction) return;
      for (const cast of castsBefore(casts, refobjids[n]!, {
        classid,
        object: holders[from] ?? from,
      }))
        edges.add(from, cast);
    });
  }
}

/** What a function is declared with; everything else that it depends on is in its body or defaults. */
const DECLARED_WITH: ReadonlySet<number> = new Set([
  CATALOG.extension,
  CATALOG.language,
  CATALOG.namespace,
  CATALOG.transform,
  CATALOG.type,
]);

/** Whether functions have the dependency because of their bodies or defaults. */
function isOfBody({ classid, refclassid }: DependRow): boolean {
  return classid === CATALOG.proc && !DECLARED_WITH.has(refclassid);
}

/** Whether a dependency means nothing for the order of creation. */
function isIgnored(
  { classid, refclassid, deptype }: DependRow,
  from: DumpableObject,
  to: DumpableObject,
): boolean {
  // OWNED BY is a statement after both exist; the column's default needs the sequence before the table.
  if (deptype === "a" && classid === CATALOG.class) return from.kind === "sequence";
  // A partition's foreign key depends on that of the partitioned table, and may have to be created before it.
  return (
    classid === CATALOG.constraint &&
    refclassid === CATALOG.constraint &&
    from.kind === "foreign-key" &&
    to.kind === "foreign-key"
  );
}

/**
 * The functions of a base type are declared with the type before it is defined: they require its shell, not the type
 * (PostgreSQL docs, CREATE TYPE).
 */
function redirectToShells(
  objects: readonly DumpableObject[],
  indexById: ReadonlyMap<DumpId, number>,
  requires: (readonly number[])[],
): void {
  objects.forEach(({ id, kind }, type) => {
    const shell = kind === "type" ? indexById.get(shellOf(id)) : undefined;
    if (shell === undefined) return;
    for (const required of requires[type]!)
      requires[required] = requires[required]!.map((index) => (index === type ? shell : index));
    requires[type] = [...requires[type]!, shell];
  });
}
