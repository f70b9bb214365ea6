/** GRANT of roles to the roles that a restore makes, in an order in which each grantor may grant. Pure. */
import type { ManifestRole } from "../../archive/format/manifest.ts";
import {
  beyondOlderGrants,
  GRANT_OPTIONS_SINCE,
  membershipSql,
} from "../../ddl/role-statements.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { type Warning, warning } from "../../warnings.ts";
import type { TargetRoles } from "../target/facts.ts";

/** A statement about a role. */
export interface RoleStatement {
  readonly sql: string;
  /** What an error shows of it: no password. */
  readonly shown: string;
  /** As messages name it: `role app`. */
  readonly object: string;
}

interface Grant {
  readonly member: ManifestRole;
  readonly membership: ManifestRole["memberOf"][number];
}

/** @param roles the roles that are made. */
export function membershipStatements(
  roles: readonly ManifestRole[],
  target: TargetRoles,
  major: number,
): { readonly statements: readonly RoleStatement[]; readonly warnings: readonly Warning[] } {
  const created = new Set(roles.map(({ name }) => name));
  const all = roles.flatMap((member) =>
    member.memberOf.map((membership): Grant => ({ member, membership })),
  );
  const lost = all.flatMap((grant) => {
    const why = whyLost(grant, created.has(grant.membership.role) ? null : target, major);
    return why === undefined ? [] : [{ grant, why }];
  });
  const left = new Set(lost.map(({ grant }) => grant));
  const grants = all.filter((grant) => !left.has(grant));
  const keepsGrantors = target.attributes.includes("superuser") && major >= GRANT_OPTIONS_SINCE;
  const ordered = keepsGrantors ? inOrderOfGrantors(grants, target) : withoutGrantors(grants);
  return {
    statements: ordered.map(({ member, membership }) => {
      const { grantor } = membership;
      const sql = membershipSql(member.name, membership, { major, grantor });
      return { sql, shown: sql, object: `role ${quoteIdent(member.name)}` };
    }),
    warnings: lost.map(({ grant: { member, membership }, why }) => {
      const role = `role ${quoteIdent(member.name)}`;
      const message = `${role} did not become a member of ${quoteIdent(membership.role)}: ${why}`;
      return warning("feature-lost", role, message);
    }),
  };
}

/**
 * Why a membership is left out: an older server would give more than the archive says.
 * @param target null when the group is made, too.
 */
function whyLost(
  { member, membership }: Grant,
  target: TargetRoles | null,
  major: number,
): string | undefined {
  if (target !== null && !target.groups.has(membership.role)) return "the target lacks that role";
  return major >= GRANT_OPTIONS_SINCE ? undefined : beyondOlderGrants(member, membership);
}

function withoutGrantors(grants: readonly Grant[]): Grant[] {
  const seen = new Set<string>();
  // Several grantors may have granted one membership: the first one with ADMIN OPTION stands for all.
  const sorted = grants.toSorted((a, b) => Number(b.membership.admin) - Number(a.membership.admin));
  return sorted.flatMap(({ member, membership }) => {
    const key = membershipKey(membership.role, member.name);
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ member, membership: { ...membership, grantor: null } }];
  });
}

/** A grantor must have ADMIN OPTION when it grants; grants whose grantor never has it are made by the restore. */
function inOrderOfGrantors(grants: readonly Grant[], { existing }: TargetRoles): Grant[] {
  const admins = new Set(
    existing.flatMap(({ name, memberOf }) =>
      memberOf.flatMap(({ role, admin }) => (admin ? [membershipKey(role, name)] : [])),
    ),
  );
  const ordered: Grant[] = [];
  let waiting = [...grants];
  for (;;) {
    const ready = waiting.filter(
      ({ membership: { role, grantor } }) =>
        grantor === null || admins.has(membershipKey(role, grantor)),
    );
    if (ready.length === 0) break;
    ordered.push(...ready);
    for (const { member, membership } of ready)
      if (membership.admin) admins.add(membershipKey(membership.role, member.name));
    const done = new Set(ready);
    waiting = waiting.filter((grant) => !done.has(grant));
  }
  const granted = new Set(
    ordered.map(({ member, membership }) => membershipKey(membership.role, member.name)),
  );
  const rest = withoutGrantors(waiting).filter(
    ({ member, membership }) => !granted.has(membershipKey(membership.role, member.name)),
  );
  return [...ordered, ...rest];
}

function membershipKey(role: string, member: string): string {
  return JSON.stringify([role, member]);
}
