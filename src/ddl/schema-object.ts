/** Objects in a schema that are one catalog row each: which rows are dumped, and the fields that they share. */
import { address, CATALOG } from "../catalog/address.ts";
import type { ObjectKind } from "../catalog/kinds.ts";
import { qualify } from "../sql/ident.ts";
import type { DdlContext } from "./context.ts";
import type { DumpableObject } from "./dumpable-object.ts";

export interface SchemaObjectRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
}

/** The rows that are neither PostgreSQL's own nor an extension's. */
export function dumpableRows<Row extends SchemaObjectRow>(
  context: DdlContext,
  catalog: keyof typeof CATALOG,
  rows: readonly Row[],
): Row[] {
  return rows.filter(
    (row) =>
      !context.isSystemNamespace(row.namespace) && !context.isMember(CATALOG[catalog], row.oid),
  );
}

/** The qualified name as SQL. */
export function sqlName(context: DdlContext, row: SchemaObjectRow): string {
  return qualify(context.namespace(row.namespace), row.name);
}

/** The shared fields of an object that is one catalog row and comes before the data. */
export function schemaObject(
  context: DdlContext,
  catalog: keyof typeof CATALOG,
  kind: ObjectKind,
  row: SchemaObjectRow,
): Omit<DumpableObject, "sql"> {
  const id = address(CATALOG[catalog], row.oid);
  return {
    id,
    kind,
    namespace: context.namespace(row.namespace),
    name: row.name,
    section: "pre-data",
    addresses: [id],
  };
}
