/** ALTER … DEPENDS ON EXTENSION: what a user tied to an extension, so that it goes when the extension goes. */
import { type Address, address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { Piece } from "../dumpable-object.ts";
import { groupBy } from "../relation-lookup.ts";
import { satellite } from "./component.ts";

/** For functions, procedures, triggers, materialised views and indexes, those behind keys too. */
export function extensionDependencies({ catalog }: DdlContext, pieces: readonly Piece[]): Piece[] {
  const names = new Map(catalog.extensions.map((row) => [row.oid, row.name]));
  const ties = groupBy(
    catalog.depends
      .filter(({ deptype }) => deptype === "x")
      .flatMap(({ classid, objids, refobjids }) =>
        objids.map((oid, n) => ({ own: address(classid, oid), extension: refobjids[n]! })),
      ),
    ({ own }) => own,
  );
  if (ties.size === 0) return [];
  const tie = (piece: Piece, own: Address, target: string): Piece[] =>
    // Old servers let the same be said twice, and an upgrade keeps it.
    [...new Set(ties.get(own)?.map(({ extension }) => extension))].map((extension) =>
      satellite(
        piece,
        "extension-dependency",
        `/${own}/${extension}`,
        target,
        [`ALTER ${target} DEPENDS ON EXTENSION ${quoteIdent(names.get(extension)!)}`],
        { requires: [address(CATALOG.extension, extension)] },
      ),
    );
  return pieces.flatMap((piece) => [
    ...(piece.target === undefined ? [] : tie(piece, piece.addresses[0]!, piece.target)),
    ...(piece.parts ?? []).flatMap((part) => tie(piece, part.address, part.target)),
  ]);
}
