/** Attributes of a role, in the words of CREATE ROLE, lower-case. A module of its own, because only readers load zod. */
export const ROLE_ATTRIBUTES = [
  "superuser",
  "createrole",
  "createdb",
  "inherit",
  "login",
  "replication",
  "bypassrls",
] as const;

/** An attribute of a role. */
export type RoleAttribute = (typeof ROLE_ATTRIBUTES)[number];
