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

/** A table, and those from which its options may come. */
export interface Selectable extends Lockable {
  /** What it is a partition or a child of, over all generations; not read where no option takes children along. */
  readonly ancestors?: readonly Pick<Lockable, "namespace" | "name">[] | null | undefined;
}

/** An expression for the ancestors of the relation `c`. */
export function ancestorsOf({
  tablesAndChildren = [],
  excludeTablesAndChildren = [],
  excludeTableDataAndChildren = [],
}: SelectOptions): string {
  const lists = [tablesAndChildren, excludeTablesAndChildren, excludeTableDataAndChildren];
  if (lists.every((patterns) => patterns.length === 0)) return "NULL::pg_catalog.json";
  return `(
    WITH RECURSIVE ancestor (oid) AS (
      SELECT i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid
      UNION
      SELECT i.inhparent FROM ancestor JOIN pg_catalog.pg_inherits i ON i.inhrelid = ancestor.oid)
    SELECT pg_catalog.json_agg(pg_catalog.json_build_object('namespace', an.nspname, 'name', a.relname))
    FROM ancestor JOIN pg_catalog.pg_class a ON a.oid = ancestor.oid JOIN pg_catalog.pg_namespace an ON an.oid = a.relnamespace)`;
}

/** Tables that a dump can hold: not those of PostgreSQL, and of extensions only the configuration tables. */
const tablesSql = (options: SelectOptions): string => `
  SELECT c.oid, n.nspname AS namespace, c.relname AS name, ${ancestorsOf(options)} AS ancestors
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
  const tables = await connection.query<Selectable>(tablesSql(options), {
    action: "list the tables",
  });
  return tables.filter(mayBeSelected(options));
}

/** Whether a table may be selected. Pure. */
export function mayBeSelected(options: SelectOptions): (table: Selectable) => boolean {
  const schemas = (texts: readonly string[] | undefined) => {
    const patterns = (texts ?? []).map(schemaPattern);
    return ({ namespace }: Lockable): boolean =>
      patterns.some((pattern) => pattern.name.test(namespace));
  };
  const hasPatterns = (texts: readonly string[] | undefined): boolean => (texts ?? []).length > 0;
  const { tables, tablesAndChildren } = options;
  const isChosen = matchesTable(tables, tablesAndChildren, () => true);
  const inSchemas = schemas(options.schemas);
  const outSchemas = schemas(options.excludeSchemas);
  const isExcluded = matchesTable(
    options.excludeTables,
    options.excludeTablesAndChildren,
    onPath(options.searchPath ?? ["public"]),
  );
  return (table) => {
    if (isExcluded(table)) return false;
    if (hasPatterns(tables) || hasPatterns(tablesAndChildren)) return isChosen(table);
    return (!hasPatterns(options.schemas) || inSchemas(table)) && !outSchemas(table);
  };
}

/** Whether patterns match a table, or those that take children along match it or an ancestor. Pure. */
export function matchesTable(
  alone: readonly string[] | undefined,
  withChildren: readonly string[] | undefined,
  isVisible: Visibility,
): (table: Selectable) => boolean {
  const matcher = (texts: readonly string[] = []) => {
    const patterns = texts.map(qualifiedPattern);
    return (table: Pick<Lockable, "namespace" | "name">): boolean =>
      patterns.some((pattern) => matchesPattern(pattern, table, isVisible));
  };
  const isNamed = matcher(alone);
  const isFamily = matcher(withChildren);
  return (table) => isNamed(table) || [table, ...(table.ancestors ?? [])].some(isFamily);
}
