/** Settings of a database (ALTER DATABASE … SET, ALTER ROLE … IN DATABASE … SET), which CREATE DATABASE does not copy. */
import { quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { setting, settingTarget } from "../sql/setting.ts";
import type { ServerSession } from "./server-session.ts";

/** The settings of one database: for all roles, or for one. */
export interface SettingRow {
  /** Its bare name; null for all roles. */
  readonly role: string | null;
  /** `name=value`. */
  readonly config: string;
}

export function databaseSettings({ run }: ServerSession, name: string): Promise<SettingRow[]> {
  return run<SettingRow>(`
    SELECT CASE s.setrole WHEN 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(s.setrole) END AS role,
           c AS config
    FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase,
         pg_catalog.unnest(s.setconfig) AS c
    WHERE d.datname = ${quoteLiteral(name)} ORDER BY 1 NULLS FIRST, 2`);
}

/** Statements that give a database these settings. Pure. */
export function settingStatements(
  name: string,
  settings: readonly SettingRow[],
  major: number,
): string[] {
  const database = `DATABASE ${quoteIdent(name)}`;
  return settings.map(
    ({ role, config }) => `ALTER ${settingTarget(database, role)} SET ${setting(config, major)}`,
  );
}
