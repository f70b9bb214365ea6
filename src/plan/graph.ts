/** Who must come before whom: what `pg_depend` says, folded onto pieces, and what the pieces themselves require. */
import { type Address, type ByAddress, CATALOG, setByAddress } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DumpableObject, DumpId } from "../ddl/dumpable-object.ts";

/** Pieces are spoken of by their places in `pieces`: a large schema has too many to look each up by its id again and again. */
export interface DependencyGraph {
  readonly objects: readonly DumpableObject[];
  readonly places: ReadonlyMap<DumpId, number>;
  /** The pieces that each piece needs before it; one can be there twice. */
  readonly requires: readonly (readonly number[])[];
  /** The other way round: the pieces that need each piece, each as often as it needs it. */
  readonly neededBy: readonly (readonly number[])[];
  /** Of an edge that a piece has only because another is written inside it: that other one, by both ends of the edge. */
  readonly because: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

/** The id of the empty type that a type's input and output functions are declared with. */
export function shellOf(type: DumpId): DumpId {
  return `${type}#shell`;
}

/** Edges as they are found: the n-th goes from the n-th of one list to the n-th of the other. */
interface Edges {
  readonly from: number[];
  readonly to: number[];
}

export function dependencyGraph(
  catalog: Catalog,
  objects: readonly DumpableObject[],
  separate: ReadonlySet<Address>,
): DependencyGraph {
  const places = new Map<DumpId, number>();
  objects.forEach(({ id }, place) => places.set(id, place));
  /** The piece whose statement each piece is written in; undefined where it has its own. */
  const holders = objects.map(({ inline, addresses }) =>
    inline === undefined || separate.has(addresses[0]!) ? undefined : places.get(inline),
  );
  const edges: Edges = { from: [], to: [] };
  const because = new Map<number, Map<number, number>>();

  const add = (from: number, to: number): void => {
    if (from === to) return;
    const holder = holders[from];
    if (holder === undefined) {
      edges.from.push(from);
      edges.to.push(to);
      return;
    }
    // The statement that holds this piece needs what the piece needs, but not the piece itself.
    if (to === holder || holders[to] === holder) return;
    const reasons = because.get(holder);
    if (reasons === undefined) because.set(holder, new Map([[to, from]]));
    else if (!reasons.has(to)) reasons.set(to, from);
  };

  const made = definingObjectsAndMembers(catalog, objects);
  for (const { classid, refclassid, deptype, objids, refobjids } of catalog.depends) {
    const froms = made.get(classid);
    const tos = made.get(refclassid);
    if (froms === undefined || tos === undefined) continue;
    objids.forEach((oid, n) => {
      const from = froms.get(oid);
      const to = tos.get(refobjids[n]!);
      if (from === undefined || to === undefined) return;
      // OWNED BY is said when both exist; the default that uses the sequence needs it before the table.
      if (deptype === "a" && classid === CATALOG.class && objects[from]!.kind === "sequence")
        return;
      // A partition's share depends on the partitioned table's foreign key and may still have to be made first.
      if (classid === CATALOG.constraint && refclassid === CATALOG.constraint) {
        if (objects[from]!.kind === "foreign-key" && objects[to]!.kind === "foreign-key") return;
      }
      add(from, to);
    });
  }
  objects.forEach(({ requires = [] }, place) => {
    requires.forEach((id) => {
      const to = places.get(id);
      if (to !== undefined) add(place, to);
    });
  });
  // Nobody is to blame for an edge that a piece has by itself as well.
  edges.from.forEach((from, n) => because.get(from)?.delete(edges.to[n]!));
  for (const [holder, reasons] of because) {
    for (const to of reasons.keys()) {
      edges.from.push(holder);
      edges.to.push(to);
    }
  }
  holders.forEach((holder, place) => {
    if (holder === undefined) return;
    edges.from.push(place);
    edges.to.push(holder);
  });
  const requires = gathered(objects.length, edges);
  redirectToShells(objects, places, requires);
  return { objects, places, requires, neededBy: turned(requires), because };
}

/** The place of the piece that makes each object. */
export function definingObjects(
  objects: readonly DumpableObject[],
): Map<number, Map<number, number>> {
  const found = new Map<number, Map<number, number>>();
  objects.forEach(({ addresses }, place) => {
    addresses.forEach((known) => setByAddress(found, known, place));
  });
  return found;
}

/** The same, where an extension's piece makes its members. */
export function definingObjectsAndMembers(
  catalog: Catalog,
  objects: readonly DumpableObject[],
): ByAddress<number> {
  const found = definingObjects(objects);
  const extensions = found.get(CATALOG.extension);
  for (const [member, extension] of catalog.members) {
    const place = extensions?.get(extension);
    if (place !== undefined) setByAddress(found, member, place);
  }
  return found;
}

/**
 * A type's functions are declared with the type before it is defined: they need its empty shell, not the type
 * (PostgreSQL docs, CREATE TYPE).
 */
function redirectToShells(
  objects: readonly DumpableObject[],
  places: ReadonlyMap<DumpId, number>,
  requires: (readonly number[])[],
): void {
  objects.forEach(({ id, kind }, type) => {
    const shell = kind === "type" ? places.get(shellOf(id)) : undefined;
    if (shell === undefined) return;
    for (const needed of requires[type]!)
      requires[needed] = requires[needed]!.map((need) => (need === type ? shell : need));
    requires[type] = [...requires[type]!, shell];
  });
}

function turned(requires: readonly (readonly number[])[]): (readonly number[])[] {
  const edges: Edges = { from: [], to: [] };
  requires.forEach((needs, place) => {
    needs.forEach((need) => {
      edges.from.push(need);
      edges.to.push(place);
    });
  });
  return gathered(requires.length, edges);
}

/** The ends of the edges by their beginnings. */
function gathered(count: number, { from, to }: Edges): (readonly number[])[] {
  const ends = new Int32Array(count + 1);
  from.forEach((place) => ends[place + 1]!++);
  for (let place = 0; place < count; place++) ends[place + 1]! += ends[place]!;
  const next = ends.slice();
  const sorted: number[] = Array.from({ length: from.length });
  from.forEach((place, n) => {
    sorted[next[place]!++] = to[n]!;
  });
  const none: readonly number[] = [];
  return Array.from({ length: count }, (_, place) =>
    ends[place] === ends[place + 1] ? none : sorted.slice(ends[place], ends[place + 1]),
  );
}
