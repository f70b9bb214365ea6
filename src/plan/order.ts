/** Pieces in creation order: cycles repaired, and what needs rows or keys moved behind them. */
import type { Address } from "../catalog/address.ts";
import type { Catalog } from "../catalog/read.ts";
import { UnsupportedObjectError } from "../errors.ts";
import type { Piece, PieceId } from "../ddl/piece.ts";
import { cycles, describe, repair } from "./cycle.ts";
import { graph, type Graph } from "./edges.ts";
import { sort } from "./sort.ts";

/** Kinds that hold rows, which must exist before the data. */
const HOLDS_DATA: ReadonlySet<Piece["kind"]> = new Set(["table", "sequence", "large-object"]);

/**
 * The order in which to create `list`. Addresses of parts that had to be taken out of the statement they belong to
 * are added to `separate`, which the pieces' `sql` looks at.
 * @throws UnsupportedObjectError when objects need each other in a circle that SQL can't create.
 */
export function order(
  catalog: Catalog,
  list: readonly Piece[],
  separate: Set<Address>,
): { pieces: Piece[]; graph: Graph } {
  for (;;) {
    const current = graph(catalog, list, separate);
    const loops = cycles(current);
    const out = loops.length > 0 ? loops.flatMap((loop) => repair(current, loop)) : [];
    if (out.length === 0) {
      const moved = moveToPostData(current);
      if (moved.takeOut.length === 0) return { pieces: sort(moved.graph), graph: moved.graph };
      out.push(...moved.takeOut);
    }
    for (const piece of out) separate.add(piece.addresses[0]!);
  }
}

/**
 * What needs a post-data piece is post-data itself: a function whose body relies on a primary key, a materialised view
 * grouped by one. A table can't move, so what makes it need such a piece is taken out of it; nor should a view, on
 * which pre-data pieces may rest.
 */
function moveToPostData(current: Graph): { graph: Graph; takeOut: Piece[] } {
  const pieces = new Map(current.pieces);
  const neededBy = new Map<PieceId, PieceId[]>();
  for (const [id, needs] of current.requires) {
    for (const need of needs) {
      const list = neededBy.get(need);
      if (list === undefined) neededBy.set(need, [id]);
      else list.push(id);
    }
  }
  const takeOut: Piece[] = [];
  const queue = [...pieces.values()].filter((piece) => piece.section === "post-data");
  for (let needed = queue.pop(); needed !== undefined; needed = queue.pop()) {
    for (const id of neededBy.get(needed.id) ?? []) {
      const piece = pieces.get(id)!;
      if (piece.section === "post-data") continue;
      const part = current.because.get(id)?.get(needed.id);
      if (part !== undefined) {
        takeOut.push(pieces.get(part)!);
      } else if (HOLDS_DATA.has(piece.kind)) {
        throw new UnsupportedObjectError([describe(piece)], {
          hint: `it must exist before its rows and needs ${describe(needed)}, which can only be made after them`,
        });
      } else {
        const moved: Piece = { ...piece, section: "post-data" };
        pieces.set(id, moved);
        queue.push(moved);
      }
    }
  }
  return { graph: { ...current, pieces }, takeOut };
}
