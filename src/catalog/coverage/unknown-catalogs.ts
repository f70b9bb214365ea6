/**
 * Finds catalogs that no supported major has and whose rows have no oids, so that no object stands for a row: what they hold
 * of users' objects would be lost.
 */
import { FIRST_NORMAL_OID } from "../address.ts";
import type { Query } from "../query.ts";
import type { CatalogTableRow } from "./catalog-table.ts";
import { CATALOGS } from "./covered.ts";
import type { UncoveredObject } from "./uncovered.ts";

/**
 * @param isKnown whether a catalog is listed.
 * @returns each catalog with a row that refers to a user's object or, where rows refer to nothing, with any row.
 * @throws whatever `query` throws.
 */
export async function unknownCatalogs(
  query: Query,
  tables: readonly CatalogTableRow[],
  isKnown: (catalog: string) => boolean = (catalog) => catalog in CATALOGS,
): Promise<UncoveredObject[]> {
  const unknown = tables.filter(
    ({ name, hasOid, isShared }) => !isKnown(name) && !hasOid && !isShared,
  );
  if (unknown.length === 0) return [];
  const references = await query<{ oid: number; columns: string[] }>(`
    SELECT a.attrelid AS oid, pg_catalog.array_agg(pg_catalog.quote_ident(a.attname)) AS columns
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = ANY ('{${unknown.map(({ oid }) => oid).join(",")}}'::pg_catalog.oid[])
      AND a.attnum > 0 AND NOT a.attisdropped AND t.typname ~ '^(oid|reg[a-z]+)$'
      AND pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
    GROUP BY a.attrelid`);
  const holding: UncoveredObject[] = [];
  for (const { oid, name } of unknown) {
    const columns = references.find((each) => each.oid === oid)?.columns ?? [];
    const isOfUser = columns.map((column) => `o.${column}::pg_catalog.oid >= ${FIRST_NORMAL_OID}`);
    const condition = isOfUser.length === 0 ? "true" : isOfUser.join(" OR ");
    const [row] = await query<{ holds: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_catalog.${name} o WHERE ${condition}) AS holds`,
    );
    if (row!.holds) holding.push({ kind: "catalog", name: `pg_catalog.${name}`, namespace: null });
  }
  return holding;
}
