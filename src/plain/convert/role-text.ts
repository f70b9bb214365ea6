/**
 * The roles of an archive in a plain dump: each block makes one where it is missing, as `restore --roles` does, and leaves it
 * as it is where it exists. The dump knows nothing of the server that reads it, so the blocks ask. Pure.
 */
import type { ManifestRole } from "../../archive/format/manifest.ts";
import {
  byMajorStatements,
  conditionalStatement,
  raiseWarning,
  sinceMajor,
} from "../../ddl/conditional-statement.ts";
import {
  beyondOlderGrants,
  createRoleSql,
  GRANT_OPTIONS_SINCE,
  membershipSql,
  PARAMETERS_SINCE,
  parameterGrantsSql,
  roleDetailsSql,
  rolePasswordSql,
} from "../../ddl/role-statements.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { stronglyConnectedComponents } from "../../util/graph.ts";

type Membership = ManifestRole["memberOf"][number];

/** Empty without roles. */
export function rolesText(roles: readonly ManifestRole[]): string {
  return groupsFirst(roles)
    .map((role) => `\n-- role ${JSON.stringify(role.name)}\n${roleBlock(role)};\n`)
    .join("");
}

/** In an order in which every role comes after those that it is a member of. A server has no cycles of them. */
function groupsFirst(roles: readonly ManifestRole[]): ManifestRole[] {
  const numbers = new Map(roles.map(({ name }, number) => [name, number]));
  const groups = roles.map(({ memberOf }) =>
    memberOf.map(({ role }) => numbers.get(role)).filter((number) => number !== undefined),
  );
  return stronglyConnectedComponents(groups)
    .flat()
    .map((number) => roles[number]!);
}

function roleBlock(role: ManifestRole): string {
  const statements = [
    createRoleSql(role),
    ...(role.password === null ? [] : [rolePasswordSql(role, role.password)]),
    ...memberships(role).map((membership) => grantBlock(role, membership)),
    ...roleDetailsSql(role),
    ...parameterGrantsSql(role).map((sql) => sinceMajor(PARAMETERS_SINCE, sql)),
  ];
  return conditionalStatement(`NOT ${exists(role.name)}`, statements.join(";\n    "));
}

/** One for each group: the reader of the dump grants it, whoever did so before. */
function memberships({ memberOf }: ManifestRole): Membership[] {
  const sorted = memberOf.toSorted((a, b) => Number(b.admin) - Number(a.admin));
  return sorted.filter(({ role }, n) => sorted.findIndex((each) => each.role === role) === n);
}

function grantBlock(role: ManifestRole, membership: Membership): string {
  const grant = (major: number): string =>
    membershipSql(role.name, membership, { major, grantor: null });
  const why = beyondOlderGrants(role, membership);
  const member = `role ${quoteIdent(role.name)}`;
  const older =
    why === undefined
      ? grant(GRANT_OPTIONS_SINCE - 1)
      : raiseWarning(`${member} did not become a member of ${quoteIdent(membership.role)}: ${why}`);
  const newer = grant(GRANT_OPTIONS_SINCE);
  // A role of the server, which another major may lack.
  return conditionalStatement(
    exists(membership.role),
    byMajorStatements(GRANT_OPTIONS_SINCE, [older], [newer]),
  );
}

function exists(role: string): string {
  return `EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${quoteLiteral(role)})`;
}
