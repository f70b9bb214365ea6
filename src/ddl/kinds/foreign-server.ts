/** CREATE SERVER. */
import { address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { foreignOptions } from "../../sql/storage-options.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";

export function foreignServers({ catalog, isMember }: DdlContext): DumpableObject[] {
  return catalog.foreignServers
    .filter((row) => !isMember(CATALOG.foreignServer, row.oid))
    .map((row): DumpableObject => {
      const id = address(CATALOG.foreignServer, row.oid);
      const name = quoteIdent(row.name);
      return {
        id,
        kind: "foreign-server",
        namespace: null,
        name: row.name,
        section: "pre-data",
        addresses: [id],
        sql: () => [
          [
            `CREATE SERVER ${name}`,
            row.type === null ? "" : ` TYPE ${quoteLiteral(row.type)}`,
            row.version === null ? "" : ` VERSION ${quoteLiteral(row.version)}`,
            ` FOREIGN DATA WRAPPER ${quoteIdent(row.wrapper)}`,
            row.options === null ? "" : ` OPTIONS (${foreignOptions(row.options)})`,
          ].join(""),
        ],
        target: `SERVER ${name}`,
        owner: row.owner,
        privileges: {
          kind: "FOREIGN SERVER",
          on: `FOREIGN SERVER ${name}`,
          acl: row.acl,
          aclDefault: row.aclDefault,
        },
      };
    });
}
