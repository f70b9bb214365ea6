/** Large objects: `lo_create` for each. Their contents are rows of the data phase (sql/large-object-rows.ts). */
import { address, CATALOG } from "../../catalog/address.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";

export function largeObjects({ catalog }: DdlContext): DumpableObject[] {
  return catalog.largeObjects.map((row): DumpableObject => {
    const id = address(CATALOG.largeObject, row.oid);
    const target = `LARGE OBJECT ${row.oid}`;
    return {
      id,
      kind: "large-object",
      namespace: null,
      name: String(row.oid),
      section: "pre-data",
      addresses: [id],
      sql: () => [`SELECT pg_catalog.lo_create(${row.oid})`],
      target,
      owner: row.owner,
      privileges: { kind: "LARGE OBJECT", on: target, acl: row.acl, aclDefault: row.aclDefault },
    };
  });
}
