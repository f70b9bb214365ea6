/** SECURITY LABEL ON, for pieces and their columns. A restore needs the label's provider to be loaded on the target. */
import { type Address, address } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { columnTarget, relationOf } from "./comment.ts";
import type { DdlContext } from "../context.ts";
import type { Piece } from "../dumpable-object.ts";
import { satellite } from "./component.ts";

/** Security labels of the pieces; an object has at most one from each provider. */
export function securityLabels({ catalog }: DdlContext, pieces: readonly Piece[]): Piece[] {
  if (catalog.securityLabels.length === 0) return [];
  const byAddress = new Map<Address, Piece>();
  const byRelation = new Map<Address, Piece>();
  for (const piece of pieces) {
    const own = piece.addresses[0];
    if (piece.target !== undefined && own !== undefined) byAddress.set(own, piece);
    const relation = relationOf(piece);
    if (piece.columns !== undefined && relation !== undefined) byRelation.set(relation, piece);
  }
  return catalog.securityLabels.flatMap((row) => {
    const key = address(row.classoid, row.objoid);
    const piece = (row.objsubid === 0 ? byAddress : byRelation).get(key);
    const column = piece?.columns?.find(({ number }) => number === row.objsubid);
    if (piece === undefined || (row.objsubid !== 0 && column === undefined)) return [];
    const target = column === undefined ? piece.target! : columnTarget(piece, column.name);
    const statement = `SECURITY LABEL FOR ${quoteIdent(row.provider)} ON ${target} IS ${quoteLiteral(row.label)}`;
    return satellite(piece, "security-label", `/${row.objsubid}/${row.provider}`, target, [
      statement,
    ]);
  });
}
