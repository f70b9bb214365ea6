/** The fields that all types share, and shell types, which have only a name. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { TypeRow } from "../../catalog/type.ts";
import { type DdlContext, namespaceAddress } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { dumpableRows, schemaObject, sqlName } from "../schema-object.ts";

/** The dumpable types of one kind. */
export function typesOf(context: DdlContext, type: TypeRow["type"]): TypeRow[] {
  return dumpableRows(
    context,
    "type",
    context.catalog.types.filter((row) => row.type === type),
  );
}

export function typeObject(context: DdlContext, row: TypeRow): Omit<DumpableObject, "sql"> {
  const common = schemaObject(context, "type", row.type === "d" ? "domain" : "type", row);
  const name = sqlName(context, row);
  return {
    ...common,
    addresses: [...common.addresses, ...typeAddresses(row.arrayType)],
    target: `${row.type === "d" ? "DOMAIN" : "TYPE"} ${name}`,
    owner: row.owner,
    privileges: { kind: "TYPE", on: `TYPE ${name}`, acl: row.acl, aclDefault: row.aclDefault },
  };
}

/** Addresses of types that another creates; an oid of 0 stands for none. */
export function typeAddresses(...oids: readonly number[]): DumpableObject["addresses"] {
  return oids.filter((oid) => oid !== 0).map((oid) => address(CATALOG.type, oid));
}

/**
 * The shell type with which the functions of a type are declared, before they define it. The plan makes the functions
 * depend on it by its id.
 */
export function shellTypeObject(context: DdlContext, row: TypeRow): DumpableObject {
  const id = address(CATALOG.type, row.oid);
  return {
    id: `${id}#shell`,
    kind: "shell-type",
    namespace: context.namespace(row.namespace),
    name: row.name,
    section: "pre-data",
    addresses: [],
    requires: [namespaceAddress(row.namespace)],
    parent: id,
    sql: () => [`CREATE TYPE ${sqlName(context, row)}`],
  };
}

/** Types that were never defined. */
export function shellTypes(context: DdlContext): DumpableObject[] {
  return typesOf(context, "s").map((row) => ({
    ...typeObject(context, row),
    kind: "shell-type",
    sql: () => [`CREATE TYPE ${sqlName(context, row)}`],
  }));
}
