/**
 * ALTER DEFAULT PRIVILEGES. In post-data, as in pg_dump: the objects that a restore creates have privileges of their own
 * and must not get these.
 */
import { address, CATALOG } from "../../catalog/address.ts";
import { type AclItem, type GrantKind, parseAclItem } from "../../sql/acl-item.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { type AclChange, aclChange, type AclServer } from "../acl-change.ts";
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

/** What an entry is about. */
export interface DefaultsSubject {
  /** The letter of `DefaultAclRow`. */
  readonly type: string;
  /** The role that creates the objects. */
  readonly owner: string;
  /** Null for all schemas. */
  readonly schema: string | null;
}

/** The statements that turn the default privileges `base` into `acl`; undefined for an unknown letter. */
export function changeOfDefaults(
  server: AclServer,
  { type, owner, schema }: DefaultsSubject,
  base: readonly AclItem[],
  acl: readonly AclItem[],
): AclChange | undefined {
  const kind = KINDS[type];
  if (kind === undefined) return undefined;
  const within = schema === null ? "" : `IN SCHEMA ${quoteIdent(schema)} `;
  const prefix = `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteIdent(owner)} ${within}`;
  return aclChange(server, { kind, on: `${kind}S`, owner, prefix }, base, acl);
}

export function defaultPrivileges({ catalog, namespace, role }: DdlContext): DumpableObject[] {
  return catalog.defaultAcls.flatMap((row): DumpableObject[] => {
    const owner = role(row.role);
    const schema = row.namespace === 0 ? null : namespace(row.namespace);
    const change = changeOfDefaults(
      catalog,
      { type: row.type, owner, schema },
      row.base.map(parseAclItem),
      row.acl.map(parseAclItem),
    );
    // An object with an unknown letter stays uncovered, and so is reported as unsupported.
    if (change === undefined) return [];
    const id = address(CATALOG.defaultAcl, row.oid);
    return [
      {
        id,
        kind: "default-privileges",
        namespace: schema,
        name: `DEFAULT PRIVILEGES FOR ${KINDS[row.type]!}S OF ${owner}`,
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
