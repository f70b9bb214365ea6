/** Which schemas hold the user's objects, as a condition: PostgreSQL's own are not even read. */

/** True of a `pg_namespace n` whose objects can be dumped (selectDumpableNamespace(), src/bin/pg_dump/pg_dump.c). */
export const IN_USER_SCHEMA = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;
