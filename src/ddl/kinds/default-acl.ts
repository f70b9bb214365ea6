/**
 * ALTER DEFAULT PRIVILEGES. In post-data, as in pg_dump: the objects that a restore creates have privileges of their own
 * and must not get these.
 */
import { address, CATALOG } from "../../catalog/address.ts";
import { type GrantKind, parseAclItem } from "../../sql/acl-item.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { aclChange } from "../acl-change.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { FEATURE } from "../server-features.ts";

const KINDS: Readonly<Record<string, GrantKind>> = {
  r: "TABLE",
  S: "SEQUENCE",
  f: "FUNCTION",
  T: "TYPE",
  n: "SCHEMA",
  L: "LARGE OBJECT",
};

export function defaultPrivileges({ catalog, namespace, role }: DdlContext): DumpableObject[] {
  return catalog.defaultAcls.flatMap((row): DumpableObject[] => {
    const kind = KINDS[row.type];
    // An object with an unknown letter stays uncovered, and so is reported as unsupported.
    if (kind === undefined) return [];
    const on = `${kind}S`;
    const owner = role(row.role);
    const schema = row.namespace === 0 ? null : namespace(row.namespace);
    const within = schema === null ? "" : `IN SCHEMA ${quoteIdent(schema)} `;
    const change = aclChange(
      catalog,
      {
        kind,
        on,
        owner,
        prefix: `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteIdent(owner)} ${within}`,
      },
      row.base.map(parseAclItem),
      row.acl.map(parseAclItem),
    );
    const id = address(CATALOG.defaultAcl, row.oid);
    return [
      {
        id,
        kind: "default-privileges",
        namespace: schema,
        name: `DEFAULT PRIVILEGES FOR ${on} OF ${owner}`,
        section: "post-data",
        addresses: [id],
        roles: [...new Set([row.role, ...change.roles])],
        warnings: change.warnings,
        features:
          row.type === "L"
            ? [...change.features, FEATURE.largeObjectDefaultPrivileges]
            : change.features,
        sql: () => change.statements,
      },
    ];
  });
}
