/** Which roles of the archive a restore makes, by which statements, and what the login lacks for that. Pure. */
import type { Manifest, ManifestRole } from "../../archive/format/manifest.ts";
import {
  createRoleSql,
  GRANT_OPTIONS_SINCE,
  parameterGrantsSql,
  PARAMETERS_SINCE,
  roleDetailsSql,
  rolePasswordSql,
} from "../../ddl/role-statements.ts";
import { UsageError } from "../../errors.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { type Warning, warning } from "../../warnings.ts";
import type { RestoreSettings } from "../defaults.ts";
import type { TargetFacts, TargetRoles } from "../target/facts.ts";
import type { Refusal } from "./refusal.ts";
import { roleDifferences } from "./role-differences.ts";
import { membershipStatements, type RoleStatement } from "./role-memberships.ts";

export interface RolePlan {
  /** Names of the roles that are made, sorted. */
  readonly created: readonly string[];
  /** Before anything else of the archive. */
  readonly statements: readonly RoleStatement[];
  /** When everything else is done. */
  readonly afterwards: readonly RoleStatement[];
  readonly warnings: readonly Warning[];
  readonly refusal: Refusal | null;
}

const NONE: RolePlan = { created: [], statements: [], afterwards: [], warnings: [], refusal: null };

/**
 * The roles that the restore is to make where they are missing.
 * @returns none without `roles`.
 * @throws UsageError when they were asked for and the archive defines none.
 */
export function definedRoles(
  { roleDefinitions }: Manifest,
  { roles }: Pick<RestoreSettings, "roles">,
): readonly ManifestRole[] {
  if (!roles) return [];
  if (roleDefinitions !== undefined) return roleDefinitions;
  throw new UsageError("the archive defines no roles", {
    hint: "dump --roles records them; otherwise create the roles first",
  });
}

type RoleTarget = Pick<TargetFacts, "version" | "roles">;

export function planRoles(
  manifest: Manifest,
  { version: { major }, roles: target }: RoleTarget,
  settings: RestoreSettings,
): RolePlan {
  const defined = definedRoles(manifest, settings);
  if (target === null) return NONE;
  const existing = new Map(target.existing.map((row) => [row.name, row]));
  const missing = defined.filter(({ name }) => !existing.has(name));
  const created = new Set(missing.map(({ name }) => name));
  const { statements: memberships, warnings } = membershipStatements(missing, target, major);
  const unable = missing.flatMap((role) => {
    const needs = lacking(role, target, { created, major });
    return needs.length === 0 ? [] : [`${quoteIdent(role.name)} (${needs.join(", ")})`];
  });
  const borrowed = borrowedMemberships(missing, target, { major, settings });
  return {
    created: [...created].sort(),
    statements: [
      ...missing.map((role) => statement(role, createRoleSql(role))),
      ...missing.flatMap(passwordStatements),
      ...memberships,
      ...missing.flatMap((role) => detailStatements(role, major)),
      ...borrowed.before,
    ],
    afterwards: borrowed.after,
    warnings: [
      ...warnings,
      ...missing.flatMap((role) => lostParameters(role, major)),
      ...defined.flatMap((role) => {
        const row = existing.get(role.name);
        return row === undefined ? [] : roleDifferences(role, row);
      }),
    ],
    refusal: unable.length === 0 ? null : { reason: "roles-not-creatable", roles: unable },
  };
}

function statement({ name }: Pick<ManifestRole, "name">, sql: string, shown = sql): RoleStatement {
  return { sql, shown, object: `role ${quoteIdent(name)}` };
}

function passwordStatements(role: ManifestRole): RoleStatement[] {
  if (role.password === null) return [];
  return [statement(role, rolePasswordSql(role, role.password), rolePasswordSql(role, "…"))];
}

function detailStatements(role: ManifestRole, major: number): RoleStatement[] {
  const parameters = major >= PARAMETERS_SINCE ? parameterGrantsSql(role) : [];
  return [...roleDetailsSql(role, major), ...parameters].map((sql) => statement(role, sql));
}

function lostParameters({ name, parameters }: ManifestRole, major: number): Warning[] {
  if (parameters.length === 0 || major >= PARAMETERS_SINCE) return [];
  const role = `role ${quoteIdent(name)}`;
  const message = `${role}: privileges on parameters exist since PostgreSQL ${PARAMETERS_SINCE} and were left out`;
  return [warning("feature-lost", role, message)];
}

/** What the role of the restore lacks to make a role (PostgreSQL docs, CREATE ROLE and GRANT). */
function lacking(
  { attributes, memberOf }: ManifestRole,
  { attributes: may, groups }: TargetRoles,
  { created, major }: { readonly created: ReadonlySet<string>; readonly major: number },
): string[] {
  if (may.includes("superuser")) return [];
  if (!may.includes("createrole")) return ["needs CREATEROLE"];
  // Since 16 a role with CREATEROLE can give what it has itself.
  const ofSuperusers = attributes.filter((attribute) =>
    attribute === "superuser"
      ? true
      : attribute === "replication" || attribute === "bypassrls"
        ? major < GRANT_OPTIONS_SINCE || !may.includes(attribute)
        : attribute === "createdb" && major >= GRANT_OPTIONS_SINCE && !may.includes(attribute),
  );
  const ungrantable = memberOf.filter(
    ({ role }) => !created.has(role) && groups.get(role) === false,
  );
  return [
    ...ofSuperusers.map((attribute) => `needs ${attribute.toUpperCase()}`),
    ...ungrantable.map(({ role }) => `needs ADMIN OPTION on ${quoteIdent(role)}`),
  ];
}

/**
 * Who is no superuser can give objects only to roles that it can take on: it is a member of the roles that it makes until the
 * end of the transaction.
 */
function borrowedMemberships(
  roles: readonly ManifestRole[],
  { attributes }: TargetRoles,
  {
    major,
    settings: { owner, privileges },
  }: { readonly major: number; readonly settings: RestoreSettings },
): { readonly before: RoleStatement[]; readonly after: RoleStatement[] } {
  if (attributes.includes("superuser") || !(owner || privileges)) return { before: [], after: [] };
  const options = major < GRANT_OPTIONS_SINCE ? "" : " WITH INHERIT TRUE, SET TRUE";
  const name = (role: ManifestRole): string => quoteIdent(role.name);
  return {
    before: roles.map((role) => statement(role, `GRANT ${name(role)} TO CURRENT_USER${options}`)),
    after: roles.map((role) => statement(role, `REVOKE ${name(role)} FROM CURRENT_USER`)),
  };
}
