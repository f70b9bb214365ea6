/** CREATE USER MAPPING. Options, which name the remote user and can hold a password, are written only on request. */
import { type Warning, warning } from "../../warnings.ts";
import { address, CATALOG } from "../../catalog/address.ts";
import type { UserMappingRow } from "../../catalog/user-mapping.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { foreignOptions } from "../../sql/storage-options.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";

export function userMappings(context: DdlContext): DumpableObject[] {
  const { catalog, isMember, role } = context;
  return catalog.userMappings
    .filter((row) => !isMember(CATALOG.userMapping, row.oid))
    .map((row): DumpableObject => {
      const id = address(CATALOG.userMapping, row.oid);
      const user = row.user === 0 ? "PUBLIC" : quoteIdent(role(row.user));
      const server = quoteIdent(row.serverName);
      const options =
        row.options === null || !context.options.userMappingSecrets
          ? ""
          : ` OPTIONS (${foreignOptions(row.options)})`;
      return {
        id,
        kind: "user-mapping",
        namespace: null,
        name: `USER MAPPING ${row.user === 0 ? "public" : role(row.user)} SERVER ${row.serverName}`,
        section: "pre-data",
        addresses: [id],
        requires: [address(CATALOG.foreignServer, row.server)],
        sql: () => [`CREATE USER MAPPING FOR ${user} SERVER ${server}${options}`],
        roles: row.user === 0 ? [] : [row.user],
        warnings: optionWarnings(context, row, `user mapping of ${user} for server ${server}`),
      };
    });
}

function optionWarnings(
  { catalog, options }: DdlContext,
  row: UserMappingRow,
  mapping: string,
): Warning[] {
  const warn = (message: string): Warning[] => [
    warning("user-mapping-options", mapping, `${mapping} ${message}`),
  ];
  if (row.options !== null)
    return options.userMappingSecrets
      ? []
      : warn("was written without its options, which can hold passwords");
  return options.userMappingSecrets && !catalog.database.isSuperuser
    ? warn("may have options that this role cannot read")
    : [];
}
