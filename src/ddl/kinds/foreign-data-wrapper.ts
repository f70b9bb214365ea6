/** CREATE FOREIGN DATA WRAPPER. */
import { address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { foreignOptions } from "../../sql/storage-options.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { FEATURE } from "../server-features.ts";

export function foreignDataWrappers({ catalog, isMember }: DdlContext): DumpableObject[] {
  return catalog.foreignDataWrappers
    .filter((row) => !isMember(CATALOG.foreignDataWrapper, row.oid))
    .map((row): DumpableObject => {
      const id = address(CATALOG.foreignDataWrapper, row.oid);
      const name = quoteIdent(row.name);
      return {
        id,
        kind: "foreign-data-wrapper",
        namespace: null,
        name: row.name,
        section: "pre-data",
        addresses: [id],
        sql: () => [
          [
            `CREATE FOREIGN DATA WRAPPER ${name}`,
            row.handler === null ? "" : ` HANDLER ${row.handler}`,
            row.validator === null ? "" : ` VALIDATOR ${row.validator}`,
            row.connection === null ? "" : ` CONNECTION ${row.connection}`,
            row.options === null ? "" : ` OPTIONS (${foreignOptions(row.options)})`,
          ].join(""),
        ],
        features: row.connection === null ? undefined : [FEATURE.wrapperConnection],
        target: `FOREIGN DATA WRAPPER ${name}`,
        owner: row.owner,
        privileges: {
          kind: "FOREIGN DATA WRAPPER",
          on: `FOREIGN DATA WRAPPER ${name}`,
          acl: row.acl,
          aclDefault: row.aclDefault,
        },
      };
    });
}
