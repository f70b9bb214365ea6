/** The database, its server and the snapshot that the catalogs are read in. */
import type { CatalogQuery } from "./query.ts";

export interface DatabaseRow {
  readonly oid: number;
  readonly name: string;
  /** As `server_encoding` names it: UTF8, LATIN1, SQL_ASCII. */
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  /** `server_version`, as in `16.14 (Debian 16.14-1)`. */
  readonly serverVersion: string;
  /** Time of the snapshot, ISO 8601 in UTC. */
  readonly now: string;
  readonly isSuperuser: boolean;
  /** Oid of the role that reads. */
  readonly login: number;
  readonly inRecovery: boolean;
}

export const database: CatalogQuery<DatabaseRow> = {
  sql: () => `
    SELECT oid, datname AS name, pg_catalog.pg_encoding_to_char(encoding) AS encoding,
           datcollate AS collate, datctype AS ctype, pg_catalog.current_setting('server_version') AS "serverVersion",
           pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS now,
           pg_catalog.current_setting('is_superuser') = 'on' AS "isSuperuser",
           (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = current_user) AS login,
           pg_catalog.pg_is_in_recovery() AS "inRecovery"
    FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()`,
};
