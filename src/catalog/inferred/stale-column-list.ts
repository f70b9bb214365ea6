/**
 * Views over functions whose row types have got columns after the view was created. The deparsed query lists only the
 * columns that the view knows; where columns of WITH ORDINALITY or of another function follow, these names are assigned to
 * the new columns instead when the query is parsed again.
 *
 * A heuristic. Only the stored node tree tells how many columns a view knows, and it is searched as text, with the names
 * of fields in src/include/nodes/parsenodes.h and their order. Where another major changes these, nothing is found. The
 * result is used only for warnings.
 */
import { FIRST_NORMAL_OID } from "../address.ts";
import { IN_USER_SCHEMA } from "../user-schema.ts";
import type { CatalogQuery } from "../query.ts";

export interface StaleColumnListRow {
  readonly relation: number;
}

/** Matches a function in FROM that more columns follow. Groups: the oid of its row type and how many columns are known. */
const FUNCTION_IN_FROM =
  String.raw`RANGETBLFUNCTION :funcexpr \{FUNCEXPR :funcid \d+? :funcresulttype (\d+?) ` +
  String.raw`(?:(?!:funccolcount).)*?:funccolcount (\d+?) ` +
  String.raw`(?:(?!:funcordinality false).)*?(?=\{RANGETBLFUNCTION|:funcordinality true)`;

export const staleColumnLists: CatalogQuery<StaleColumnListRow> = {
  sql: () => `
    SELECT DISTINCT c.oid AS relation
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class c ON c.oid = r.ev_class AND c.relkind IN ('v', 'm')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
      pg_catalog.regexp_matches(r.ev_action::text, '${FUNCTION_IN_FROM}', 'g') AS matched
    JOIN pg_catalog.pg_type t ON t.oid = matched[1]::oid
    WHERE ${IN_USER_SCHEMA} AND r.ev_class >= ${FIRST_NORMAL_OID}
      -- The expression takes a millisecond per view, so others are excluded first, and PostgreSQL's own before all: only to
      -- read their trees takes 15.
      AND (r.ev_action::text LIKE '%:funcordinality true%' OR r.ev_action::text LIKE '%} {RANGETBLFUNCTION %')
      AND matched[2]::int4 < (SELECT pg_catalog.max(a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid)`,
};
