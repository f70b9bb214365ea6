/** ALTER … OWNER TO, for every piece that names an owner and the target to alter. */
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { Piece, PieceId } from "../dumpable-object.ts";
import { satellite } from "./component.ts";

/** Owners of the pieces. A sequence that belongs to a column has none of its own: it follows the table. */
export function owners({ role }: DdlContext, pieces: readonly Piece[]): Piece[] {
  // ALTER SEQUENCE … OWNED BY wants both to have one owner, which they have as long as neither was given away.
  const sequences = new Map<PieceId, PieceId[]>();
  for (const piece of pieces) {
    if (piece.kind !== "sequence-owner") continue;
    for (const id of piece.requires ?? [])
      sequences.set(id, [...(sequences.get(id) ?? []), piece.id]);
  }
  return pieces.flatMap((piece) => {
    if (piece.owner === undefined || piece.target === undefined) return [];
    const statement = `ALTER ${piece.target} OWNER TO ${quoteIdent(role(piece.owner))}`;
    return satellite(piece, "owner", "", piece.target, [statement], {
      requires: sequences.get(piece.id) ?? [],
      roles: [piece.owner],
    });
  });
}
