/** Who must come before whom: what `pg_depend` says, folded onto pieces, and what the pieces themselves require. */
import { address, CATALOG } from "../catalog/address.ts";
import type { Address } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import type { Piece, PieceId } from "../ddl/piece.ts";

/** Pieces are spoken of by their places in `pieces`: a large schema has too many to look each up by its id again and again. */
export interface Graph {
  readonly pieces: readonly Piece[];
  /** The pieces that each piece needs before it. */
  readonly requires: readonly ReadonlySet<number>[];
  /** The other way round: the pieces that need each piece. */
  readonly neededBy: readonly (readonly number[])[];
  /** Of an edge that a piece has only because another is written inside it: that other one, by both ends of the edge. */
  readonly because: ReadonlyMap<number, ReadonlyMap<number, number>>;
}

/** The id of the empty type that a type's input and output functions are declared with. */
export function shellOf(type: PieceId): PieceId {
  return `${type}#shell`;
}

/** Shared by all pieces that need nothing. */
const NONE: ReadonlySet<number> = new Set();
/** Shared by all pieces that nothing needs. */
const NOBODY: readonly number[] = [];

export function graph(
  catalog: Catalog,
  pieces: readonly Piece[],
  separate: ReadonlySet<Address>,
): Graph {
  const places = new Map(pieces.map((piece, place) => [piece.id, place]));
  const claimed = claims(catalog, pieces, places);
  const requires: ReadonlySet<number>[] = pieces.map(() => NONE);
  const because = new Map<number, Map<number, number>>();
  const needsOf = (place: number): Set<number> => {
    if (requires[place] === NONE) requires[place] = new Set();
    return requires[place] as Set<number>;
  };
  /** The piece whose statement each piece is written in; undefined where it has its own. */
  const holders = pieces.map(({ inline, addresses }) =>
    inline === undefined || separate.has(addresses[0]!) ? undefined : places.get(inline),
  );

  const add = (from: number, to: number): void => {
    if (from === to) return;
    const holder = holders[from];
    if (holder === undefined) {
      needsOf(from).add(to);
      because.get(from)?.delete(to);
      return;
    }
    // The statement that holds this piece needs what the piece needs, but not the piece itself.
    if (to === holder || holders[to] === holder) return;
    const needs = needsOf(holder);
    if (!needs.has(to)) {
      const reasons = because.get(holder);
      if (reasons === undefined) because.set(holder, new Map([[to, from]]));
      else reasons.set(to, from);
    }
    needs.add(to);
  };

  for (const row of catalog.depends) {
    const from = claimed.get(address(row.classid, row.objid));
    const to = claimed.get(address(row.refclassid, row.refobjid));
    if (from === undefined || to === undefined) continue;
    // OWNED BY is said when both exist; the default that uses the sequence needs it before the table.
    if (row.deptype === "a" && row.classid === CATALOG.class && pieces[from]!.kind === "sequence")
      continue;
    // A partition's share depends on the partitioned table's foreign key and may still have to be made first.
    if (row.classid === CATALOG.constraint && row.refclassid === CATALOG.constraint) {
      if (pieces[from]!.kind === "foreign-key" && pieces[to]!.kind === "foreign-key") continue;
    }
    add(from, to);
  }
  for (const [place, piece] of pieces.entries()) {
    const holder = holders[place];
    if (holder !== undefined) needsOf(place).add(holder);
    for (const id of piece.requires ?? []) {
      const to = places.get(id);
      if (to !== undefined) add(place, to);
    }
  }
  redirectToShells(pieces, places, needsOf);
  return { pieces, requires, neededBy: turned(requires), because };
}

/** The piece that makes each object, by the object's address. */
function claims(
  catalog: Catalog,
  pieces: readonly Piece[],
  places: ReadonlyMap<PieceId, number>,
): ReadonlyMap<Address, number> {
  const claimed = new Map<Address, number>();
  for (const [place, { addresses }] of pieces.entries()) {
    for (const known of addresses) claimed.set(known, place);
  }
  for (const [member, extension] of catalog.members) {
    const place = places.get(address(CATALOG.extension, extension));
    if (place !== undefined) claimed.set(member, place);
  }
  return claimed;
}

/**
 * A type's functions are declared with the type before it is defined: they need its empty shell, not the type
 * (PostgreSQL docs, CREATE TYPE).
 */
function redirectToShells(
  pieces: readonly Piece[],
  places: ReadonlyMap<PieceId, number>,
  needsOf: (place: number) => Set<number>,
): void {
  for (const [type, { id, kind }] of pieces.entries()) {
    const shell = kind === "type" ? places.get(shellOf(id)) : undefined;
    if (shell === undefined) continue;
    for (const needed of needsOf(type)) {
      const theirs = needsOf(needed);
      if (theirs.delete(type)) theirs.add(shell);
    }
    needsOf(type).add(shell);
  }
}

function turned(requires: readonly ReadonlySet<number>[]): (readonly number[])[] {
  const neededBy: (readonly number[])[] = requires.map(() => NOBODY);
  for (const [place, needs] of requires.entries()) {
    for (const need of needs) {
      if (neededBy[need] === NOBODY) neededBy[need] = [place];
      else (neededBy[need] as number[]).push(place);
    }
  }
  return neededBy;
}
