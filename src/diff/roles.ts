/** The roles that archives define, as objects to compare: each with the statements that make it. Pure. */
import type { Manifest, ManifestRole } from "../archive/format/manifest.ts";
import {
  createRoleSql,
  GRANT_OPTIONS_SINCE,
  membershipSql,
  parameterGrantsSql,
  roleDetailsSql,
} from "../ddl/role-statements.ts";
import { inThisDatabase } from "../ddl/this-database.ts";

/** What is compared of a role. Passwords are not: a database is read without them. */
export interface ComparedRole {
  readonly kind: "role";
  readonly namespace: null;
  readonly name: string;
  readonly statements: readonly string[];
}

type Roles = Pick<Manifest, "roleDefinitions">;

/** Those of both sides, in the same form: memberships without the options that a server before 16 does not have. */
export function comparedRoles(a: Roles, b: Roles): [ComparedRole[], ComparedRole[]] {
  const all = [a, b].map(({ roleDefinitions = [] }) => roleDefinitions);
  const isOld = all.flat().some(({ memberOf }) => memberOf.some(({ set }) => set === null));
  const major = isOld ? GRANT_OPTIONS_SINCE - 1 : GRANT_OPTIONS_SINCE;
  return all.map((roles) => roles.map((role) => comparedRole(role, major))) as [
    ComparedRole[],
    ComparedRole[],
  ];
}

function comparedRole(role: ManifestRole, major: number): ComparedRole {
  const memberships = role.memberOf.map((each) =>
    membershipSql(role.name, each, {
      major,
      grantor: major < GRANT_OPTIONS_SINCE ? null : each.grantor,
    }),
  );
  return {
    kind: "role",
    namespace: null,
    name: role.name,
    statements: [
      createRoleSql(role),
      ...new Set(memberships),
      ...roleDetailsSql(role).map(inThisDatabase),
      ...parameterGrantsSql(role),
    ],
  };
}
