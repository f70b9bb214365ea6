/**
 * The definitions of roles, which belong to the cluster. Read only on request, and only of some: a name that this
 * database's encoding cannot represent would make the query fail.
 */
import { arrayText, quoteLiteral } from "../sql/literal.ts";
import type { ServerVersion } from "./version.ts";

/** A role, all in one row. Lists are sorted. */
export interface RoleDefinitionRow {
  readonly name: string;
  readonly superuser: boolean;
  readonly createrole: boolean;
  readonly createdb: boolean;
  readonly inherit: boolean;
  readonly login: boolean;
  readonly replication: boolean;
  readonly bypassrls: boolean;
  readonly connectionLimit: number;
  readonly validUntil: string | null;
  /** Null unless passwords are read. */
  readonly password: string | null;
  readonly comment: string | null;
  readonly securityLabels: readonly { readonly provider: string; readonly label: string }[];
  readonly settings: readonly string[];
  /** Settings in the current database. */
  readonly databaseSettings: readonly string[];
  readonly parameters: readonly {
    readonly name: string;
    readonly privilege: "SET" | "ALTER SYSTEM";
    readonly grantable: boolean;
  }[];
  readonly memberOf: readonly {
    readonly role: string;
    readonly grantor: string | null;
    readonly admin: boolean;
    readonly inherit: boolean | null;
    readonly set: boolean | null;
  }[];
}

export interface RoleDefinitionOptions {
  /** Names of the roles. */
  readonly names: readonly string[];
  /** Whether those that they are members of are read, too, directly or not. */
  readonly groups: boolean;
  /** Read the hashed passwords, which takes SELECT on pg_authid. */
  readonly passwords: boolean;
}

/** Oid of the superuser that initdb makes (BOOTSTRAP_SUPERUSERID). */
const BOOTSTRAP_SUPERUSER = 10;

/** Grants recorded who made them, and had options, since 16. */
const GRANT_OPTIONS_SINCE = 16;
/** `pg_parameter_acl` came with 15. */
const PARAMETERS_SINCE = 15;

/** One row for each role, sorted by name; roles of the server (`pg_…`) are left out. */
export function roleDefinitionsSql(
  { major }: ServerVersion,
  { names, groups, passwords }: RoleDefinitionOptions,
): string {
  return `
    WITH RECURSIVE chosen (oid) AS (
      SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = ANY (${quoteLiteral(arrayText(names))}::name[])
      ${groups ? "UNION SELECT m.roleid FROM pg_catalog.pg_auth_members m JOIN chosen c ON m.member = c.oid" : ""})
    SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolcreaterole AS createrole, r.rolcreatedb AS createdb,
           r.rolinherit AS inherit, r.rolcanlogin AS login, r.rolreplication AS replication,
           r.rolbypassrls AS bypassrls, r.rolconnlimit AS "connectionLimit",
           CASE WHEN pg_catalog.isfinite(r.rolvaliduntil)
                THEN pg_catalog.to_char(r.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US"+00"')
                ELSE r.rolvaliduntil::pg_catalog.text END AS "validUntil",
           ${passwords ? "(SELECT a.rolpassword FROM pg_catalog.pg_authid a WHERE a.oid = r.oid)" : "NULL::pg_catalog.text"} AS password,
           pg_catalog.shobj_description(r.oid, 'pg_authid') AS comment,
           ${list(LABELS)} AS "securityLabels",
           ${settingsIn("0")} AS settings,
           ${settingsIn("(SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())")} AS "databaseSettings",
           ${major < PARAMETERS_SINCE ? "'[]'::pg_catalog.json" : list(PARAMETERS)} AS parameters,
           ${list(major < GRANT_OPTIONS_SINCE ? MEMBERSHIPS_BEFORE_16 : MEMBERSHIPS)} AS "memberOf"
    FROM pg_catalog.pg_roles r
    WHERE r.oid IN (SELECT c.oid FROM chosen c) AND r.rolname !~ '^pg_'
    ORDER BY r.rolname COLLATE "C"`;
}

/** A list of objects; an empty one for no rows. */
function list(query: string): string {
  return `(SELECT COALESCE(pg_catalog.json_agg(q), '[]'::pg_catalog.json) FROM (${query}) q)`;
}

const LABELS = `
  SELECT l.provider, l.label FROM pg_catalog.pg_shseclabel l
  WHERE l.classoid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND l.objoid = r.oid ORDER BY l.provider COLLATE "C"`;

function settingsIn(database: string): string {
  return `ARRAY(SELECT c FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c
                WHERE s.setrole = r.oid AND s.setdatabase = ${database} ORDER BY c COLLATE "C")`;
}

const PARAMETERS = `
  SELECT p.parname AS name, a.privilege_type AS privilege, pg_catalog.bool_or(a.is_grantable) AS grantable
  FROM pg_catalog.pg_parameter_acl p, LATERAL pg_catalog.aclexplode(p.paracl) a
  WHERE a.grantee = r.oid AND a.privilege_type IN ('SET', 'ALTER SYSTEM')
  GROUP BY p.parname, a.privilege_type ORDER BY p.parname COLLATE "C", a.privilege_type COLLATE "C"`;

const MEMBERSHIPS = `
  SELECT g.rolname AS role, CASE WHEN m.grantor <> ${BOOTSTRAP_SUPERUSER} THEN o.rolname END AS grantor,
         m.admin_option AS admin, m.inherit_option AS inherit, m.set_option AS set
  FROM pg_catalog.pg_auth_members m
  JOIN pg_catalog.pg_roles g ON g.oid = m.roleid LEFT JOIN pg_catalog.pg_roles o ON o.oid = m.grantor
  WHERE m.member = r.oid ORDER BY g.rolname COLLATE "C", o.rolname COLLATE "C"`;

const MEMBERSHIPS_BEFORE_16 = `
  SELECT g.rolname AS role, NULL::pg_catalog.text AS grantor, m.admin_option AS admin,
         NULL::pg_catalog.bool AS inherit, NULL::pg_catalog.bool AS set
  FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
  WHERE m.member = r.oid ORDER BY g.rolname COLLATE "C"`;
