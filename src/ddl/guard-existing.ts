/**
 * What users hung on an extension's relations. An extension's script may make the same, now or in another version, so
 * it is made only where it is not there.
 */
import { type Address, address } from "../catalog/address.ts";
import { type AdditionRow, BY_RELATION } from "../catalog/inferred/extension-user-object.ts";
import { qualify } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import type { DdlContext } from "./context.ts";
import { onlyIf } from "./conditional-statement.ts";
import type { Piece } from "./dumpable-object.ts";
import { relationIndex } from "./relation-lookup.ts";

const MAKES = /^(?:CREATE |ALTER TABLE [^]*?\bADD CONSTRAINT )/;

/** The pieces, with those of additions made careful. */
export function careful(context: DdlContext, pieces: readonly Piece[]): readonly Piece[] {
  const rows = new Map<Address, AdditionRow>(
    context.catalog.additions.map((row) => [address(row.classid, row.objid), row]),
  );
  if (rows.size === 0) return pieces;
  return pieces.map((piece) => {
    const row = piece.addresses[0] === undefined ? undefined : rows.get(piece.addresses[0]);
    if (row === undefined) return piece;
    const condition = absent(context, row);
    return {
      ...piece,
      sql: () =>
        piece
          .sql()
          .map((statement) => (MAKES.test(statement) ? onlyIf(condition, statement) : statement)),
    };
  });
}

/** True where the addition is not there. */
function absent(context: DdlContext, { classid, relation, name }: AdditionRow): string {
  const relations = relationIndex(context);
  const known = BY_RELATION.get(classid);
  if (known === undefined) {
    const index = qualify(context.namespace(relations.byOid.get(relation)!.namespace), name);
    return `pg_catalog.to_regclass(${quoteLiteral(index)}) IS NULL`;
  }
  return `NOT EXISTS (
      SELECT FROM pg_catalog.${known.catalog}
      WHERE ${known.relation} = ${quoteLiteral(relations.sqlName(relation))}::pg_catalog.regclass AND ${known.name} = ${quoteLiteral(name)})`;
}
