/**
 * Roles by oid, those that this database's objects name. Roles belong to the cluster and are never dumped. One of
 * another database can have a name that this one's encoding does not know, and reading that would fail.
 */
import { FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

export interface RoleRow {
  readonly oid: number;
  readonly name: string;
}

export const roles: CatalogQuery<RoleRow> = {
  // Owners, grantees and grantors, policies' roles and mapped users are all in pg_shdepend, but those that initdb made.
  sql: () => `
    WITH here AS (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
    SELECT r.oid, r.rolname AS name FROM pg_catalog.pg_roles r
    WHERE r.oid < ${FIRST_NORMAL_OID} OR r.oid IN (
      SELECT d.refobjid FROM pg_catalog.pg_shdepend d, here
      WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND (d.dbid = here.oid
        OR d.dbid = 0 AND d.classid = 'pg_catalog.pg_database'::pg_catalog.regclass AND d.objid = here.oid)
      UNION ALL SELECT s.subowner FROM pg_catalog.pg_subscription s, here WHERE s.subdbid = here.oid
      UNION ALL SELECT s.setrole FROM pg_catalog.pg_db_role_setting s, here WHERE s.setdatabase = here.oid
      UNION ALL SELECT a.grantee FROM pg_catalog.pg_init_privs i, LATERAL pg_catalog.aclexplode(i.initprivs) a)`,
};
