/**
 * Views over functions whose rows got columns after the view was made. PostgreSQL shows the names of the columns that the
 * view knows, in a list: where others follow them, of WITH ORDINALITY or of a further function, those take the later
 * columns' places when the list is read again. How many columns the view knows stands in its stored query alone.
 */
import { IN_USER_SCHEMA } from "../user-schema.ts";
import type { CatalogQuery } from "../query.ts";

export interface StaleColumnListRow {
  readonly relation: number;
}

/** The type of a function's rows and how many columns are known, where more columns follow: see nodes/parsenodes.h. */
const KNOWN =
  String.raw`RANGETBLFUNCTION :funcexpr \{FUNCEXPR :funcid \d+? :funcresulttype (\d+?) ` +
  String.raw`(?:(?!:funccolcount).)*?:funccolcount (\d+?) ` +
  String.raw`(?:(?!:funcordinality false).)*?(?=\{RANGETBLFUNCTION|:funcordinality true)`;

export const staleColumnLists: CatalogQuery<StaleColumnListRow> = {
  sql: () => `
    SELECT DISTINCT c.oid AS relation
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class c ON c.oid = r.ev_class AND c.relkind IN ('v', 'm')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
      pg_catalog.regexp_matches(r.ev_action::text, '${KNOWN}', 'g') AS known
    JOIN pg_catalog.pg_type t ON t.oid = known[1]::oid
    WHERE ${IN_USER_SCHEMA}
      -- Few views have what the expression looks for, and it takes a millisecond for each.
      AND (r.ev_action::text LIKE '%:funcordinality true%' OR r.ev_action::text LIKE '%} {RANGETBLFUNCTION %')
      AND known[2]::int4 < (SELECT pg_catalog.max(a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid)`,
};
