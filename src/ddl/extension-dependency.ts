/** ALTER … DEPENDS ON EXTENSION: what a user tied to an extension, so that it goes when the extension goes. */
import { type Address, address } from "../catalog/address.ts";
import { quoteIdent } from "../sql/ident.ts";
import type { DdlContext } from "./context.ts";
import type { Piece } from "./piece.ts";
import { groupBy } from "./relation-index.ts";
import { satellite } from "./satellite.ts";

/** For functions, procedures, triggers, materialised views and indexes, those behind keys too. */
export function extensionDependencies({ catalog }: DdlContext, pieces: readonly Piece[]): Piece[] {
  const names = new Map(catalog.extensions.map((row) => [row.oid, row.name]));
  const ties = groupBy(
    catalog.depends.filter((row) => row.deptype === "x"),
    (row) => address(row.classid, row.objid),
  );
  if (ties.size === 0) return [];
  const tie = (piece: Piece, own: Address, target: string): Piece[] =>
    (ties.get(own) ?? []).map((row) =>
      satellite(
        piece,
        "extension-dependency",
        `/${own}/${row.refobjid}`,
        target,
        [`ALTER ${target} DEPENDS ON EXTENSION ${quoteIdent(names.get(row.refobjid)!)}`],
        { requires: [address(row.refclassid, row.refobjid)] },
      ),
    );
  return pieces.flatMap((piece) => [
    ...(piece.target === undefined ? [] : tie(piece, piece.addresses[0]!, piece.target)),
    ...(piece.parts ?? []).flatMap((part) => tie(piece, part.address, part.target)),
  ]);
}
