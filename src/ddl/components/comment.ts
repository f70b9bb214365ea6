/** COMMENT ON, for every piece that names a target, for its columns and for the objects written inside it. */
import { type Address, address, CATALOG, catalogOf } from "../../catalog/address.ts";
import type { CommentRow } from "../../catalog/comment.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import type { Piece } from "../dumpable-object.ts";
import { satellite } from "./component.ts";

/** What initdb says of the schema public in every new database. */
const PUBLIC_COMMENT = "standard public schema";

/** The statement that sets a comment; null removes it. */
function commentOn(target: string, text: string | null): string {
  return `COMMENT ON ${target} IS ${text === null ? "NULL" : quoteLiteral(text)}`;
}

/** The relation that holds the columns of a piece: of a composite type it is not the first address. */
export function relationOf(piece: Piece): Address | undefined {
  return piece.addresses.find((one) => catalogOf(one) === CATALOG.class);
}

/** `schema.relation.column`, as COMMENT ON COLUMN and SECURITY LABEL ON COLUMN take it. */
export function columnTarget(piece: Piece, column: string): string {
  return `COLUMN ${qualify(piece.namespace, piece.name)}.${quoteIdent(column)}`;
}

/** Comments of the pieces, each a piece that follows its object in the same section. */
export function comments({ catalog }: DdlContext, pieces: readonly Piece[]): Piece[] {
  const byAddress = new Map<Address, CommentRow[]>();
  for (const row of catalog.comments) {
    const key = address(row.classoid, row.objoid);
    const rows = byAddress.get(key);
    if (rows === undefined) byAddress.set(key, [row]);
    else rows.push(row);
  }
  const made: Piece[] = [];
  const add = (piece: Piece, part: string, target: string, text: string | null) => {
    made.push(satellite(piece, "comment", part, target, [commentOn(target, text)]));
  };
  pieces.forEach((piece) => {
    const own = piece.addresses[0];
    if (piece.target !== undefined && own !== undefined) {
      const text = byAddress.get(own)?.find((row) => row.objsubid === 0)?.description ?? null;
      if (piece.kind === "schema" && piece.name === "public") {
        // The target has the schema and its comment from the start, so what is written is the difference.
        if (text !== PUBLIC_COMMENT) add(piece, "", piece.target, text);
      } else if (text !== null) add(piece, "", piece.target, text);
    }
    const relation = piece.columns === undefined ? undefined : relationOf(piece);
    if (piece.columns !== undefined && relation !== undefined) {
      for (const row of byAddress.get(relation) ?? []) {
        const column = piece.columns.find(({ number }) => number === row.objsubid);
        if (column !== undefined) {
          add(piece, `/${row.objsubid}`, columnTarget(piece, column.name), row.description);
        }
      }
    }
    piece.parts?.forEach((part) => {
      const row = byAddress.get(part.address)?.find(({ objsubid }) => objsubid === 0);
      if (row !== undefined) add(piece, `/${part.address}`, part.target, row.description);
    });
  });
  return made;
}
