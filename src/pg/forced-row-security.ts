/** Finds the tables that their own owner cannot read or fill, although it could change that: FORCE ROW LEVEL SECURITY. */
import { quoteLiteral } from "../sql/literal.ts";

/**
 * Tables whose policies bind the current role although it owns them, as SQL names them with an empty search path. None
 * for superusers and roles with BYPASSRLS, whom no policy binds.
 */
export async function forcedRowSecurity(
  query: (sql: string) => Promise<{ name: string }[]>,
  oids: readonly number[],
): Promise<string[]> {
  if (oids.length === 0) return [];
  const rows = await query(`
    SELECT c.oid::pg_catalog.regclass::pg_catalog.text AS name FROM pg_catalog.pg_class c
    WHERE c.oid = ANY (${quoteLiteral(`{${oids.join(",")}}`)}::oid[])
      AND c.relrowsecurity AND c.relforcerowsecurity AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls))
    ORDER BY 1`);
  return rows.map(({ name }) => name);
}
