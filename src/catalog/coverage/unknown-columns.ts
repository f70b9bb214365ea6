/**
 * Finds what user objects hold in columns of catalogs that no supported major has: a newer major's properties, which a
 * dump would lose. What counts as the default is what such a column holds of most of PostgreSQL's own objects; where it is
 * no boolean also what says nothing: null, zero, an empty text or array.
 */
import { FIRST_NORMAL_OID } from "../address.ts";
import type { Query } from "../query.ts";
import type { CatalogTableRow } from "./catalog-table.ts";
import { CATALOG_COLUMNS } from "./catalog-columns.ts";
import { CATALOGS } from "./covered.ts";

/** A property of a user's object that a dump would lose. */
export interface UnknownProperty {
  /** `table`, as `pg_identify_object` calls it. */
  readonly kind: string;
  /** The object, and the column: `public.t (pg_class.relnew)`. */
  readonly name: string;
  readonly namespace: string | null;
}

interface CatalogColumn {
  readonly catalog: string;
  readonly column: string;
  readonly isBoolean: boolean;
  /** The column with the oid of the object that a row describes. */
  readonly key: string;
  /** The oid of that object's catalog, as an SQL expression over the row `o`. */
  readonly described: string;
}

/**
 * Catalogs whose rows describe objects of other catalogs: the column with the object, and its catalog or the column that
 * names it.
 */
const DESCRIBES: Readonly<Record<string, readonly [key: string, described: string]>> = {
  pg_aggregate: ["aggfnoid", "pg_proc"],
  pg_attribute: ["attrelid", "pg_class"],
  pg_depend: ["objid", "o.classid"],
  pg_description: ["objoid", "o.classoid"],
  pg_enum: ["enumtypid", "pg_type"],
  pg_foreign_table: ["ftrelid", "pg_class"],
  pg_index: ["indexrelid", "pg_class"],
  pg_inherits: ["inhrelid", "pg_class"],
  pg_init_privs: ["objoid", "o.classoid"],
  pg_largeobject: ["loid", "pg_largeobject"],
  pg_largeobject_metadata: ["oid", "pg_largeobject"],
  pg_partitioned_table: ["partrelid", "pg_class"],
  pg_range: ["rngtypid", "pg_type"],
  pg_seclabel: ["objoid", "o.classoid"],
  pg_sequence: ["seqrelid", "pg_class"],
  pg_ts_config_map: ["mapcfg", "pg_ts_config"],
};

function classOf(described: string): string {
  return described.startsWith("o.")
    ? described
    : `'pg_catalog.${described}'::pg_catalog.regclass::pg_catalog.oid`;
}

/** Catalogs that describe objects of the database; of the others a dump takes nothing. */
function isDumped(catalog: string): boolean {
  const how = CATALOGS[catalog]?.how;
  return how === "dumped" || how === "part";
}

/**
 * @param known the columns of each catalog, separated by spaces.
 * @throws whatever `query` throws.
 */
export async function unknownProperties(
  query: Query,
  tables: readonly CatalogTableRow[],
  known: Readonly<Record<string, string>> = CATALOG_COLUMNS,
): Promise<UnknownProperty[]> {
  const columns = await unknownColumns(query, tables, known);
  const properties: UnknownProperty[] = [];
  for (const column of columns) properties.push(...(await objectsWith(query, column)));
  return properties;
}

async function unknownColumns(
  query: Query,
  tables: readonly CatalogTableRow[],
  known: Readonly<Record<string, string>>,
): Promise<CatalogColumn[]> {
  const rows = await query<{ catalog: string; column: string; isBoolean: boolean }>(`
    SELECT c.relname AS catalog, a.attname AS column, a.atttypid = 'bool'::pg_catalog.regtype AS "isBoolean"
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'pg_catalog'::pg_catalog.regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
      AND c.oid < ${FIRST_NORMAL_OID} AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
    ORDER BY 1, a.attnum`);
  return rows.flatMap((row) => {
    if (!tables.some(({ name }) => name === row.catalog) || !isDumped(row.catalog)) return [];
    if (known[row.catalog]?.split(" ").includes(row.column) !== false) return [];
    const [key, described] = DESCRIBES[row.catalog] ?? ["oid", row.catalog];
    return [{ ...row, key, described: classOf(described) }];
  });
}

/** What a column holds of an object that has nothing of the new property. */
const NOTHING = "('', '0', '{}', '-')";

function objectsWith(
  query: Query,
  { catalog, column, isBoolean, key, described }: CatalogColumn,
): Promise<UnknownProperty[]> {
  const value = `o."${column}"::pg_catalog.text`;
  const from = `pg_catalog.${catalog} o WHERE o.${key}::pg_catalog.oid`;
  const initial = `(
        SELECT value FROM (SELECT ${value} AS value FROM ${from} < ${FIRST_NORMAL_OID}) AS initial
        GROUP BY value ORDER BY pg_catalog.count(*) DESC LIMIT 1)`;
  const isOwn = isBoolean
    ? `u.value <> COALESCE(${initial}, 'false')`
    : `u.value NOT IN ${NOTHING} AND u.value IS DISTINCT FROM ${initial}`;
  return query<UnknownProperty>(`
    SELECT DISTINCT i.type AS kind, i.identity || ' (${catalog}.${column})' AS name, i.schema AS namespace
    FROM (SELECT o.${key}::pg_catalog.oid AS oid, ${described} AS class, ${value} AS value FROM ${from} >= ${FIRST_NORMAL_OID}) AS u,
      LATERAL pg_catalog.pg_identify_object(u.class, u.oid, 0) AS i
    WHERE ${isOwn} AND COALESCE(i.schema, '') !~ '^pg_(toast|temp)' AND i.identity IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend e WHERE e.classid = u.class AND e.objid = u.oid AND e.deptype = 'e')
    ORDER BY 1, 2`);
}
