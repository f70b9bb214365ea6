/** CREATE USER MAPPING. Its options say as whom and with which password to log in elsewhere: only on request. */
import { type Warning, warning } from "../../warnings.ts";
import { address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { foreignOptions } from "../../sql/storage-options.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";

export function userMappings({
  catalog,
  isMember,
  options: wanted,
  role,
}: DdlContext): DumpableObject[] {
  return catalog.userMappings
    .filter((row) => !isMember(CATALOG.userMapping, row.oid))
    .map((row): DumpableObject => {
      const id = address(CATALOG.userMapping, row.oid);
      const user = row.user === 0 ? "PUBLIC" : quoteIdent(role(row.user));
      const what = `user mapping of ${user} for server ${quoteIdent(row.serverName)}`;
      const warnings: Warning[] = [];
      if (!wanted.userMappingSecrets && row.options !== null) {
        warnings.push(
          warning(
            "user-mapping-options",
            what,
            `${what} was written without its options, which can hold passwords`,
          ),
        );
      } else if (
        wanted.userMappingSecrets &&
        row.options === null &&
        !catalog.database.isSuperuser
      ) {
        warnings.push(
          warning(
            "user-mapping-options",
            what,
            `${what} may have options that this role cannot read`,
          ),
        );
      }
      const options =
        wanted.userMappingSecrets && row.options !== null
          ? ` OPTIONS (${foreignOptions(row.options)})`
          : "";
      return {
        id,
        kind: "user-mapping",
        namespace: null,
        name: `USER MAPPING ${row.user === 0 ? "public" : role(row.user)} SERVER ${row.serverName}`,
        section: "pre-data",
        addresses: [id],
        requires: [address(CATALOG.foreignServer, row.server)],
        sql: () => [
          `CREATE USER MAPPING FOR ${user} SERVER ${quoteIdent(row.serverName)}${options}`,
        ],
        roles: row.user === 0 ? [] : [row.user],
        warnings,
      };
    });
}
