/** The kinds of a manifest's objects that name roles as owners and holders of privileges. They are restored on request. */

export const OWNER_KINDS: ReadonlySet<string> = new Set(["owner"]);
export const PRIVILEGE_KINDS: ReadonlySet<string> = new Set(["privileges", "default-privileges"]);

export function isOwnership({ kind }: { readonly kind: string }): boolean {
  return OWNER_KINDS.has(kind) || PRIVILEGE_KINDS.has(kind);
}

/** Numbers of objects whose owners, or whose privileges, a restore does not set. */
export interface OwnershipCounts {
  readonly owners: number;
  readonly privileges: number;
}
