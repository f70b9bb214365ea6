/**
 * The target's default privileges for objects of the role that restores are not for an archive's objects, which have
 * privileges of their own: within the transaction they are taken away, and come back when everything has been created.
 */
import { type DefaultAclRow, OWN_DEFAULT_ACLS } from "../../catalog/default-acl.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import type { AclServer } from "../../ddl/acl-change.ts";
import { changeOfDefaults, type DefaultsSubject } from "../../ddl/kinds/default-acl.ts";
import type { Connection } from "../../pg/connection.ts";
import { parseAclItem } from "../../sql/acl-item.ts";

const ACTION = "set default privileges aside";

/** @returns the statements that bring them back; none where there are none. */
export async function setDefaultPrivilegesAside(
  connection: Connection,
  version: ServerVersion,
): Promise<string[]> {
  const entries = await connection.query<DefaultsSubject & Pick<DefaultAclRow, "acl" | "base">>(
    OWN_DEFAULT_ACLS,
    { action: ACTION },
  );
  if (entries.length === 0) return [];
  const roles = await connection.query<AclServer["roles"][number]>(
    "SELECT oid, rolname AS name FROM pg_catalog.pg_roles",
    { action: ACTION },
  );
  const statements = (from: "acl" | "base", to: "acl" | "base"): string[] =>
    entries.flatMap(
      (entry) =>
        changeOfDefaults(
          { version, roles },
          entry,
          entry[from].map(parseAclItem),
          entry[to].map(parseAclItem),
        )?.statements ?? [],
    );
  for (const statement of statements("acl", "base"))
    await connection.query(statement, { action: ACTION, statement });
  return statements("base", "acl");
}
