/** CREATE ACCESS METHOD. */
import { address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";

export function accessMethods({ catalog, isMember }: DdlContext): DumpableObject[] {
  return catalog.accessMethods
    .filter((row) => !isMember(CATALOG.accessMethod, row.oid))
    .map((row) => {
      const id = address(CATALOG.accessMethod, row.oid);
      const name = quoteIdent(row.name);
      const type = row.type === "t" ? "TABLE" : "INDEX";
      return {
        id,
        kind: "access-method",
        namespace: null,
        name: row.name,
        section: "pre-data",
        addresses: [id],
        sql: () => [`CREATE ACCESS METHOD ${name} TYPE ${type} HANDLER ${row.handler}`],
        target: `ACCESS METHOD ${name}`,
      };
    });
}
