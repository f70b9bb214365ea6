/** Comments, owners, privileges, labels and ties to extensions: pieces that are said of another piece and follow it. */
import type { ObjectKind } from "../../catalog/kinds.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { Piece, PieceId, Section } from "../dumpable-object.ts";
import { inThisDatabase, THIS_DATABASE } from "../this-database.ts";

type SatelliteKind = Extract<
  ObjectKind,
  "comment" | "extension-dependency" | "owner" | "privileges" | "security-label"
>;

/** The id of a piece's satellite: `1259/16401#owner`, `1259/16401#comment/2` for its second column. */
export function satelliteId(piece: PieceId, kind: SatelliteKind, part = ""): PieceId {
  return `${piece}#${kind}${part}`;
}

/**
 * A satellite of `piece`. `part` tells several of one kind apart; `name` is what is spoken of, as SQL, in which form
 * pg_dump's table of contents lists comments too.
 */
export function satellite(
  piece: Piece,
  kind: SatelliteKind,
  part: string,
  name: string,
  statements: readonly string[],
  more: {
    readonly section?: Section;
    readonly requires?: readonly PieceId[];
    readonly roles?: readonly number[];
    readonly warnings?: readonly string[];
  } = {},
): Piece {
  return {
    id: satelliteId(piece.id, kind, part),
    kind,
    namespace: piece.namespace,
    name: name.replace(THIS_DATABASE, quoteIdent(piece.name)),
    section: more.section ?? piece.section,
    addresses: [],
    requires: [piece.id, ...(more.requires ?? [])],
    parent: piece.id,
    sql: () => statements.map(inThisDatabase),
    roles: more.roles,
    warnings: more.warnings,
  };
}
