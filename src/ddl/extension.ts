/** CREATE EXTENSION, in the schema that it was put in. No version: the target takes the one that it has. */
import { address, CATALOG, FIRST_NORMAL_OID } from "../catalog/address.ts";
import { quoteIdent } from "../sql/ident.ts";
import type { DdlContext } from "./context.ts";
import type { Piece } from "./piece.ts";

export function extensions(context: DdlContext): Piece[] {
  // initdb makes plpgsql: every database has it from the start.
  const rows = context.catalog.extensions.filter((row) => row.oid >= FIRST_NORMAL_OID);
  return rows.map((row) => {
    const id = address(CATALOG.extension, row.oid);
    const name = quoteIdent(row.name);
    const schema = quoteIdent(context.namespace(row.namespace));
    return {
      id,
      kind: "extension",
      namespace: null,
      name: row.name,
      section: "pre-data",
      addresses: [id],
      sql: () => [`CREATE EXTENSION IF NOT EXISTS ${name} WITH SCHEMA ${schema}`],
      target: `EXTENSION ${name}`,
    };
  });
}
