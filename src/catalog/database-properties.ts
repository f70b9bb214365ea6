/**
 * Properties of the database itself rather than of its contents. Encoding and locale are read to be compared
 * with those of a target: they are fixed when a database is created.
 */
import { CURRENT_DATABASE } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";
import type { ServerVersion } from "./version.ts";

export interface DatabasePropertiesRow {
  readonly oid: number;
  readonly name: string;
  readonly owner: number;
  readonly acl: readonly string[] | null;
  readonly aclDefault: readonly string[];
  /** -1 for no limit. */
  readonly connectionLimit: number;
  readonly isTemplate: boolean;
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  /** `datlocprovider`: c libc, i ICU, b builtin; c before PostgreSQL 15. */
  readonly localeProvider: string;
  /** The ICU or builtin locale; null for libc. */
  readonly locale: string | null;
  readonly icuRules: string | null;
  /** Version of the collation provider when the database was created; null before 15 and where it has none. */
  readonly collationVersion: string | null;
}

/** Columns of pg_database alone, the same for every reader: all of the row but `owner` and `collationVersion`. */
export function databaseColumns({ major }: Pick<ServerVersion, "major">): string {
  return `oid, datname AS name, datacl::text[] AS acl,
           pg_catalog.acldefault('d', datdba)::text[] AS "aclDefault", datconnlimit AS "connectionLimit",
           datistemplate AS "isTemplate", pg_catalog.pg_encoding_to_char(encoding) AS encoding,
           datcollate::text AS collate, datctype::text AS ctype,
           ${major >= 15 ? "datlocprovider::text" : "'c'"} AS "localeProvider",
           ${major >= 17 ? "datlocale" : major >= 15 ? "daticulocale" : "NULL"} AS locale,
           ${major >= 16 ? "daticurules" : "NULL"} AS "icuRules"`;
}

export const databaseProperties: CatalogQuery<DatabasePropertiesRow> = {
  sql: ({ major }) => `
    SELECT ${databaseColumns({ major })}, datdba AS owner,
           ${major >= 15 ? "datcollversion" : "NULL"} AS "collationVersion"
    FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`,
};

/** Settings for sessions of this database (ALTER DATABASE … SET). */
export interface DatabaseSettingsRow {
  /** 0 for all roles. */
  readonly role: number;
  /** Each `name=value`. */
  readonly settings: readonly string[];
}

export const databaseSettings: CatalogQuery<DatabaseSettingsRow> = {
  sql: () => `
    SELECT setrole AS role, setconfig AS settings FROM pg_catalog.pg_db_role_setting
    WHERE setdatabase = ${CURRENT_DATABASE}`,
};
