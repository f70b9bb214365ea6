/** Who must come before whom: what `pg_depend` says, folded onto pieces, and what the pieces themselves require. */
import { address, CATALOG } from "../catalog/address.ts";
import type { Address } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import type { Piece, PieceId } from "../ddl/piece.ts";

export interface Graph {
  readonly pieces: ReadonlyMap<PieceId, Piece>;
  /** The pieces that each piece needs before it. */
  readonly requires: ReadonlyMap<PieceId, ReadonlySet<PieceId>>;
  /** Of an edge that a piece has only because another is written inside it: that other one, by both ends of the edge. */
  readonly because: ReadonlyMap<PieceId, ReadonlyMap<PieceId, PieceId>>;
}

/** The id of the empty type that a type's input and output functions are declared with. */
export function shellOf(type: PieceId): PieceId {
  return `${type}#shell`;
}

/** Shared by all pieces that need nothing. */
const NONE: ReadonlySet<PieceId> = new Set();

export function graph(
  catalog: Catalog,
  list: readonly Piece[],
  separate: ReadonlySet<Address>,
): Graph {
  const pieces = new Map(list.map((piece) => [piece.id, piece]));
  const claimed = new Map<Address, Piece>();
  for (const piece of list) for (const known of piece.addresses) claimed.set(known, piece);
  for (const [member, extension] of catalog.members) {
    const piece = pieces.get(address(CATALOG.extension, extension));
    if (piece !== undefined) claimed.set(member, piece);
  }

  const requires = new Map<PieceId, Set<PieceId>>();
  const because = new Map<PieceId, Map<PieceId, PieceId>>();
  const needsOf = (id: PieceId): Set<PieceId> => {
    const known = requires.get(id);
    if (known !== undefined) return known;
    const made = new Set<PieceId>();
    requires.set(id, made);
    return made;
  };
  const isInline = (piece: Piece): piece is Piece & { inline: PieceId } =>
    piece.inline !== undefined && pieces.has(piece.inline) && !separate.has(piece.addresses[0]!);

  const add = (from: Piece, to: Piece): void => {
    if (from.id === to.id) return;
    if (isInline(from)) {
      // The statement that holds this piece needs what the piece needs, but not the piece itself.
      if (to.id === from.inline || (isInline(to) && to.inline === from.inline)) return;
      const holder = needsOf(from.inline);
      if (!holder.has(to.id)) {
        const reasons = because.get(from.inline);
        if (reasons === undefined) because.set(from.inline, new Map([[to.id, from.id]]));
        else reasons.set(to.id, from.id);
      }
      holder.add(to.id);
    } else {
      needsOf(from.id).add(to.id);
      because.get(from.id)?.delete(to.id);
    }
  };

  for (const row of catalog.depends) {
    const from = claimed.get(address(row.classid, row.objid));
    const to = claimed.get(address(row.refclassid, row.refobjid));
    if (from === undefined || to === undefined) continue;
    // OWNED BY is said when both exist; the default that uses the sequence needs it before the table.
    if (from.kind === "sequence" && row.deptype === "a") continue;
    // A partition's share depends on the partitioned table's foreign key and may still have to be made first.
    if (from.kind === "foreign-key" && to.kind === "foreign-key") continue;
    add(from, to);
  }
  for (const piece of list) {
    if (isInline(piece)) needsOf(piece.id).add(piece.inline);
    for (const id of piece.requires ?? []) {
      const to = pieces.get(id);
      if (to !== undefined) add(piece, to);
    }
  }
  redirectToShells(pieces, needsOf);
  for (const piece of list) {
    if (!requires.has(piece.id))
      (requires as Map<PieceId, ReadonlySet<PieceId>>).set(piece.id, NONE);
  }
  return { pieces, requires, because };
}

/**
 * A type's functions are declared with the type before it is defined: they need its empty shell, not the type
 * (PostgreSQL docs, CREATE TYPE).
 */
function redirectToShells(
  pieces: ReadonlyMap<PieceId, Piece>,
  needsOf: (id: PieceId) => Set<PieceId>,
): void {
  for (const type of pieces.values()) {
    if (type.kind !== "type") continue;
    const shell = shellOf(type.id);
    if (!pieces.has(shell)) continue;
    for (const id of needsOf(type.id)) {
      const theirs = needsOf(id);
      if (theirs.delete(type.id)) theirs.add(shell);
    }
    needsOf(type.id).add(shell);
  }
}
