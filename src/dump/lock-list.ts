/**
 * Selects the tables to lock before the catalogs are read. The plan needs the catalogs, so only names decide here, and a
 * table in doubt is locked: an unneeded lock delays nobody, and a missing one loses consistency.
 */
import { isMembership } from "../catalog/depend.ts";
import { IN_USER_SCHEMA } from "../catalog/user-schema.ts";
import type { Connection } from "../pg/connection.ts";
import type { Lockable } from "../pg/locks.ts";
import type { SelectOptions } from "../plan/select-options.ts";
import {
  matchesPattern,
  onPath,
  qualifiedPattern,
  schemaPattern,
  type Visibility,
} from "../sql/pattern.ts";

/** Tables that a dump can hold: not those of PostgreSQL, and of extensions only the configuration tables. */
const TABLES = `
  SELECT c.oid, n.nspname AS namespace, c.relname AS name
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND ${IN_USER_SCHEMA}
    AND (NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
                       AND ${isMembership("d")})
         OR EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE c.oid = ANY (e.extconfig)))
  ORDER BY n.nspname, c.relname`;

/** The tables that the options may select, as they are now. */
export async function tablesToLock(
  connection: Connection,
  options: SelectOptions,
): Promise<Lockable[]> {
  const tables = await connection.query<Lockable>(TABLES, { action: "list the tables" });
  return tables.filter(mayBeSelected(options));
}

/** Whether a table may be selected. Pure. */
export function mayBeSelected(options: SelectOptions): (table: Lockable) => boolean {
  const relations = (texts: readonly string[] | undefined, isVisible: Visibility) => {
    const patterns = (texts ?? []).map(qualifiedPattern);
    return (table: Lockable): boolean =>
      patterns.some((pattern) => matchesPattern(pattern, table, isVisible));
  };
  const schemas = (texts: readonly string[] | undefined) => {
    const patterns = (texts ?? []).map(schemaPattern);
    return ({ namespace }: Lockable): boolean =>
      patterns.some((pattern) => pattern.name.test(namespace));
  };
  const hasPatterns = (texts: readonly string[] | undefined): boolean => (texts ?? []).length > 0;
  const tables = [...(options.tables ?? []), ...(options.tablesAndChildren ?? [])];
  // Children are locked once the catalogs are read.
  const inTables = relations(tables, () => true);
  const inSchemas = schemas(options.schemas);
  const outSchemas = schemas(options.excludeSchemas);
  const outTables = relations(options.excludeTables, onPath(options.searchPath ?? ["public"]));
  return (table) => {
    if (outTables(table)) return false;
    if (hasPatterns(tables)) return inTables(table);
    return (!hasPatterns(options.schemas) || inSchemas(table)) && !outSchemas(table);
  };
}
