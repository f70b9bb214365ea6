/**
 * The names of roles that objects of this database refer to. Roles belong to the cluster and are never dumped. Others
 * are not read, because a name that this database's encoding cannot represent would make the query fail.
 */
import { FIRST_NORMAL_OID } from "./address.ts";
import { CURRENT_DATABASE } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface RoleRow {
  readonly oid: number;
  readonly name: string;
}

export const roles: CatalogQuery<RoleRow> = {
  // Owners, grantees, grantors, roles of policies and mapped users are in pg_shdepend, except those that initdb created.
  sql: () => `
    WITH this_database AS ${CURRENT_DATABASE}
    SELECT r.oid, r.rolname AS name FROM pg_catalog.pg_roles r
    WHERE r.oid < ${FIRST_NORMAL_OID} OR r.oid IN (
      SELECT d.refobjid FROM pg_catalog.pg_shdepend d, this_database
      WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND (d.dbid = this_database.oid
        OR d.dbid = 0 AND d.classid = 'pg_catalog.pg_database'::pg_catalog.regclass AND d.objid = this_database.oid)
      UNION ALL SELECT s.subowner FROM pg_catalog.pg_subscription s, this_database WHERE s.subdbid = this_database.oid
      UNION ALL SELECT s.setrole FROM pg_catalog.pg_db_role_setting s, this_database WHERE s.setdatabase = this_database.oid
      UNION ALL SELECT a.grantee FROM pg_catalog.pg_init_privs i, LATERAL pg_catalog.aclexplode(i.initprivs) a)`,
};
