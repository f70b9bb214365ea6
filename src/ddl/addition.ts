/**
 * What users hung on an extension's relations. An extension's script may make the same, now or in another version, so
 * it is made only where it is not there.
 */
import { type Address, address, CATALOG } from "../catalog/address.ts";
import type { AdditionRow } from "../catalog/addition.ts";
import { qualify } from "../sql/ident.ts";
import { dollarQuote, quoteLiteral } from "../sql/literal.ts";
import type { DdlContext } from "./context.ts";
import type { Piece } from "./piece.ts";
import { relationIndex } from "./relation-index.ts";

/** Catalogs in which a thing is known by its relation and its name, with those columns. */
const BY_RELATION: Readonly<
  Record<number, readonly [catalog: string, relation: string, name: string]>
> = {
  [CATALOG.constraint]: ["pg_constraint", "conrelid", "conname"],
  [CATALOG.policy]: ["pg_policy", "polrelid", "polname"],
  [CATALOG.rewrite]: ["pg_rewrite", "ev_class", "rulename"],
  [CATALOG.statistics]: ["pg_statistic_ext", "stxrelid", "stxname"],
  [CATALOG.trigger]: ["pg_trigger", "tgrelid", "tgname"],
};

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
          .map((statement) =>
            MAKES.test(statement)
              ? `DO ${dollarQuote(`BEGIN\n  IF ${condition} THEN\n    ${statement};\n  END IF;\nEND`)}`
              : statement,
          ),
    };
  });
}

/** True where the addition is not there. */
function absent(context: DdlContext, { classid, relation, name }: AdditionRow): string {
  const relations = relationIndex(context);
  const known = BY_RELATION[classid];
  if (known === undefined) {
    const index = qualify(context.namespace(relations.byOid.get(relation)!.namespace), name);
    return `pg_catalog.to_regclass(${quoteLiteral(index)}) IS NULL`;
  }
  const [catalog, relationColumn, nameColumn] = known;
  return `NOT EXISTS (
      SELECT FROM pg_catalog.${catalog}
      WHERE ${relationColumn} = ${quoteLiteral(relations.sqlName(relation))}::pg_catalog.regclass AND ${nameColumn} = ${quoteLiteral(name)})`;
}
