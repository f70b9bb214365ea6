/**
 * Operators and operator classes whose schema is gone, as a damaged catalog leaves them, while something else refers to
 * them. The server writes their schema's name without a check when it deparses what refers to them, and crashes. So they
 * have to be found before the catalogs are read.
 */
import { quoteIdent } from "../../sql/ident.ts";
import type { Query } from "../query.ts";

/** The catalogs whose names the server writes so, with the prefix of their columns. */
const CATALOGS = { pg_operator: "opr", pg_opclass: "opc" } as const;

/** Catalogs whose objects are written without the server's help. */
const UNHARMED = ["pg_amop", "pg_amproc", "pg_opclass", "pg_operator", "pg_opfamily"]
  .map((catalog) => `'pg_catalog.${catalog}'::pg_catalog.regclass`)
  .join(", ");

/** An aggregate names the operator that it sorts by, and has no expressions that the server would deparse. */
const IS_AGGREGATE = `d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
          AND EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.oid = d.objid AND p.prokind = 'a')`;

/**
 * Such objects, as messages name them, in a stable order.
 * @throws whatever `query` throws.
 */
export async function undeparsable(query: Query): Promise<string[]> {
  const selects = Object.entries(CATALOGS).map(
    ([catalog, prefix]) => `
    SELECT '${catalog}' AS catalog, o.oid, o.${prefix}name AS name, o.${prefix}namespace AS namespace
    FROM pg_catalog.${catalog} o
    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.oid = o.${prefix}namespace)
      AND EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE d.refclassid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND d.refobjid = o.oid
          AND d.classid NOT IN (${UNHARMED}) AND NOT (${IS_AGGREGATE}))`,
  );
  const rows = await query<OrphanRow & { readonly catalog: string }>(
    `${selects.join("\n    UNION ALL ")}\n    ORDER BY 1, 3, 2`,
    { action: "look for lost schemas" },
  );
  return rows.map((row) => `${row.catalog} ${orphanName(row)}`);
}

/** An object whose schema is gone. */
export interface OrphanRow {
  readonly oid: number;
  /** Null where the catalog has no column for it. */
  readonly name: string | null;
  /** The oid that no schema has. */
  readonly namespace: number;
}

/** Names an object whose schema is gone: `"===" (oid 16390), whose schema (oid 16385) is gone`. */
export function orphanName({ oid, name, namespace }: OrphanRow): string {
  const label = name === null ? `oid ${oid}` : `${quoteIdent(name)} (oid ${oid})`;
  return `${label}, whose schema (oid ${namespace}) is gone`;
}
