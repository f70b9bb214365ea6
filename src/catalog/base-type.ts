/** Base types: representation and functions. Array types are not read, because PostgreSQL creates them with their element types. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import { functionOrNull, TYPE_DEFAULT } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface BaseTypeRow {
  /** The type's oid. */
  readonly type: number;
  /** Functions as `regproc` prints them; null for none. */
  readonly input: string;
  readonly output: string;
  readonly receive: string | null;
  readonly send: string | null;
  readonly typmodIn: string | null;
  readonly typmodOut: string | null;
  readonly analyze: string | null;
  /** Since 14. */
  readonly subscript: string | null;
  /** Bytes; -1 for variable, -2 for a C string. */
  readonly length: number;
  readonly passedByValue: boolean;
  /** `typalign`: c char, s int2, i int4, d double. */
  readonly alignment: "c" | "s" | "i" | "d";
  /** `typstorage`: p plain, e external, m main, x extended. */
  readonly storage: "p" | "e" | "m" | "x";
  readonly category: string;
  readonly isPreferred: boolean;
  /** As an SQL expression. */
  readonly default: string | null;
  /** `format_type()`. */
  readonly element: string | null;
  readonly delimiter: string;
  readonly collatable: boolean;
}

export const baseTypes: CatalogQuery<BaseTypeRow> = {
  sql: ({ major }) => `
    SELECT t.oid AS type, t.typinput::text AS input, t.typoutput::text AS output,
           ${functionOrNull("t.typreceive")} AS receive, ${functionOrNull("t.typsend")} AS send,
           ${functionOrNull("t.typmodin")} AS "typmodIn", ${functionOrNull("t.typmodout")} AS "typmodOut",
           ${functionOrNull("t.typanalyze")} AS analyze, ${major >= 14 ? functionOrNull("t.typsubscript") : "NULL"} AS subscript,
           t.typlen AS length, t.typbyval AS "passedByValue", t.typalign AS alignment, t.typstorage AS storage,
           t.typcategory AS category, t.typispreferred AS "isPreferred",
           ${TYPE_DEFAULT} AS default,
           CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END AS element,
           t.typdelim AS delimiter, t.typcollation <> 0 AS collatable
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_type element ON element.oid = t.typelem
    WHERE t.typtype = 'b' AND ${IN_USER_SCHEMA} AND COALESCE(element.typarray <> t.oid, TRUE)`,
};
