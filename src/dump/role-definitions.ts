/** The definitions of the roles that the statements of an archive name, and of all that these are members of. */
import { ROLE_ATTRIBUTES } from "../archive/format/role-attributes.ts";
import type { ManifestRole } from "../archive/format/manifest.ts";
import { type RoleDefinitionRow, roleDefinitionsSql } from "../catalog/role-definition.ts";
import type { ServerVersion } from "../catalog/version.ts";
import { ServerError } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";
import type { DumpSettings } from "./defaults.ts";

type RoleSettings = Pick<
  DumpSettings,
  "roles" | "rolePasswords" | "databaseProperties" | "noComments" | "noSecurityLabels"
>;

/**
 * @param names roles that the statements name.
 * @returns sorted by name; undefined when they were not asked for.
 * @throws ServerError PERMISSION only when passwords were asked for and the role may not read them.
 */
export async function readRoleDefinitions(
  connection: Connection,
  version: ServerVersion,
  names: readonly string[],
  settings: RoleSettings,
): Promise<ManifestRole[] | undefined> {
  if (!settings.roles) return undefined;
  const passwords = settings.rolePasswords;
  if (passwords) await requirePasswords(connection);
  const rows = await connection.query<RoleDefinitionRow>(
    roleDefinitionsSql(version, { names, groups: true, passwords }),
    { action: "read the roles" },
  );
  return rows.map((row) => roleDefinition(row, settings));
}

async function requirePasswords(connection: Connection): Promise<void> {
  const [row] = await connection.query<{ mayRead: boolean }>(
    `SELECT pg_catalog.has_table_privilege('pg_catalog.pg_authid', 'SELECT') AS "mayRead"`,
  );
  if (row?.mayRead === true) return;
  throw new ServerError(
    "no permission to read the passwords of roles",
    {
      object: "table pg_catalog.pg_authid",
      hint: "dump as a superuser, or leave the passwords out and set new ones",
      sqlState: "42501",
    },
    "PERMISSION",
  );
}

/** In the order of fields of the manifest, on which its bytes depend. Settings of the database are recorded once. Pure. */
export function roleDefinition(
  row: RoleDefinitionRow,
  settings: Omit<RoleSettings, "roles" | "rolePasswords">,
): ManifestRole {
  return {
    name: row.name,
    attributes: ROLE_ATTRIBUTES.filter((attribute) => row[attribute]),
    connectionLimit: row.connectionLimit,
    validUntil: row.validUntil,
    password: row.password,
    comment: settings.noComments === true ? null : row.comment,
    securityLabels: settings.noSecurityLabels === true ? [] : [...row.securityLabels],
    settings: [...row.settings],
    databaseSettings: settings.databaseProperties ? [] : [...row.databaseSettings],
    parameters: [...row.parameters],
    memberOf: [...row.memberOf],
  };
}
