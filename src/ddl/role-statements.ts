/** The statements that make a role, from the typed facts of an archive, for a given server. Pure. */
import type { ManifestRole } from "../archive/format/manifest.ts";
import { quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { setting } from "../sql/setting.ts";
import { inThisDatabase, THIS_DATABASE } from "./this-database.ts";

type Membership = ManifestRole["memberOf"][number];

/** Grants have the options INHERIT and SET, and a grantor with ADMIN OPTION, since 16. */
export const GRANT_OPTIONS_SINCE = 16;
/** GRANT … ON PARAMETER came with 15. */
export const PARAMETERS_SINCE = 15;

/** CREATE ROLE with everything but the password: what is not named has the default. */
export function createRoleSql({
  name,
  attributes,
  connectionLimit,
  validUntil,
}: ManifestRole): string {
  const words = attributes.filter((each) => each !== "inherit").map((each) => each.toUpperCase());
  const options = [
    ...(attributes.includes("inherit") ? [] : ["NOINHERIT"]),
    ...words,
    ...(connectionLimit < 0 ? [] : [`CONNECTION LIMIT ${connectionLimit}`]),
    ...(validUntil === null ? [] : [`VALID UNTIL ${quoteLiteral(validUntil)}`]),
  ];
  return [`CREATE ROLE ${quoteIdent(name)}`, ...options].join(" ");
}

/** The stored, hashed password, which the server takes as it is. */
export function rolePasswordSql({ name }: Pick<ManifestRole, "name">, password: string): string {
  return `ALTER ROLE ${quoteIdent(name)} PASSWORD ${quoteLiteral(password)}`;
}

/**
 * Settings, comment and labels.
 * @param major of the server; undefined where it is not known.
 */
export function roleDetailsSql(role: ManifestRole, major?: number): string[] {
  const name = quoteIdent(role.name);
  const here = `ALTER ROLE ${name} IN DATABASE ${THIS_DATABASE} SET`;
  return [
    ...role.settings.map((config) => `ALTER ROLE ${name} SET ${setting(config, major)}`),
    ...role.databaseSettings.map((config) => inThisDatabase(`${here} ${setting(config, major)}`)),
    ...(role.comment === null ? [] : [`COMMENT ON ROLE ${name} IS ${quoteLiteral(role.comment)}`]),
    ...role.securityLabels.map(
      ({ provider, label }) =>
        `SECURITY LABEL FOR ${quoteIdent(provider)} ON ROLE ${name} IS ${quoteLiteral(label)}`,
    ),
  ];
}

/** Privileges on parameters, for a server that has them. */
export function parameterGrantsSql({ name, parameters }: ManifestRole): string[] {
  return parameters.map(
    (each) =>
      `GRANT ${each.privilege} ON PARAMETER ${quoteIdent(each.name)} TO ${quoteIdent(name)}${each.grantable ? " WITH GRANT OPTION" : ""}`,
  );
}

/**
 * GRANT of a role to a member.
 * @param grantor null for the role that runs the statement.
 */
export function membershipSql(
  member: string,
  { role, admin, inherit, set }: Membership,
  { major, grantor }: { readonly major: number; readonly grantor: string | null },
): string {
  const grant = `GRANT ${quoteIdent(role)} TO ${quoteIdent(member)}`;
  if (major < GRANT_OPTIONS_SINCE) return `${grant}${admin ? " WITH ADMIN OPTION" : ""}`;
  const word = (value: boolean): string => (value ? "TRUE" : "FALSE");
  const options = [
    `ADMIN ${word(admin)}`,
    ...(inherit === null ? [] : [`INHERIT ${word(inherit)}`]),
    ...(set === null ? [] : [`SET ${word(set)}`]),
  ];
  const by = grantor === null ? "" : ` GRANTED BY ${quoteIdent(grantor)}`;
  return `${grant} WITH ${options.join(", ")}${by}`;
}

/** Why a server before 16 cannot grant a membership without giving more than was granted; undefined where it can. */
export function beyondOlderGrants(
  { attributes }: Pick<ManifestRole, "attributes">,
  { inherit, set }: Membership,
): string | undefined {
  if (set === false) return `WITH SET FALSE exists since PostgreSQL ${GRANT_OPTIONS_SINCE}`;
  if (inherit === false && attributes.includes("inherit"))
    return `WITH INHERIT FALSE exists since PostgreSQL ${GRANT_OPTIONS_SINCE}`;
  return undefined;
}
