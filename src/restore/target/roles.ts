/** What a restore that makes roles has to know of the target's. */
import type { RoleAttribute } from "../../archive/format/role-attributes.ts";
import { ROLE_ATTRIBUTES } from "../../archive/format/role-attributes.ts";
import { type RoleDefinitionRow, roleDefinitionsSql } from "../../catalog/role-definition.ts";
import type { ServerVersion } from "../../catalog/version.ts";
import { GRANT_OPTIONS_SINCE } from "../../ddl/role-statements.ts";
import type { Connection } from "../../pg/connection.ts";
import { arrayText, quoteLiteral } from "../../sql/literal.ts";
import type { NeededRoles, TargetRoles } from "./facts.ts";

/** @param role the role of the restore; undefined for the session's. */
export async function readRoles(
  connection: Connection,
  version: ServerVersion,
  { names, groups }: NeededRoles,
  role: string | undefined,
): Promise<TargetRoles> {
  const reader = role === undefined ? "current_user" : `${quoteLiteral(role)}::name`;
  const sql = roleDefinitionsSql(version, { names, groups: false, passwords: false });
  const existing = await connection.query<RoleDefinitionRow>(sql);
  const [facts] = await connection.query<Record<RoleAttribute, boolean>>(`
    SELECT rolsuper AS superuser, rolcreaterole AS createrole, rolcreatedb AS createdb, rolinherit AS inherit,
           rolcanlogin AS login, rolreplication AS replication, rolbypassrls AS bypassrls
    FROM pg_catalog.pg_roles WHERE rolname = ${reader}`);
  const mayGrant =
    version.major < GRANT_OPTIONS_SINCE ? "OR r.rolcreaterole AND NOT g.rolsuper" : "";
  const rows = await connection.query<{ name: string; mayGrant: boolean }>(`
    SELECT g.rolname AS name, r.rolsuper OR pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER WITH ADMIN OPTION')
                              ${mayGrant} AS "mayGrant"
    FROM pg_catalog.pg_roles g, pg_catalog.pg_roles r
    WHERE r.rolname = ${reader} AND g.rolname = ANY (${quoteLiteral(arrayText(groups))}::name[])`);
  return {
    existing,
    attributes: ROLE_ATTRIBUTES.filter((attribute) => facts?.[attribute] === true),
    groups: new Map(rows.map(({ name, mayGrant: may }) => [name, may])),
  };
}
