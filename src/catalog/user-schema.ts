/**
 * Which schemas hold the user's objects: all but PostgreSQL's own, as pg_dump decides (selectDumpableNamespace(),
 * src/bin/pg_dump/pg_dump.c). Once as a condition in SQL, so that other rows are not even read, and once in TypeScript.
 */

/** The condition on an SQL expression that is a schema's name. */
export function userSchemaCondition(name: string): string {
  return `${name} !~ '^pg_' AND ${name} <> 'information_schema'`;
}

/** True of a `pg_namespace n` whose objects can be dumped. */
export const IN_USER_SCHEMA = userSchemaCondition("n.nspname");

export function isUserSchema(name: string): boolean {
  return !name.startsWith("pg_") && name !== "information_schema";
}
