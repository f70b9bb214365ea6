/** Range types and the objects that PostgreSQL creates with them: multirange types, constructors and a cast. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import { functionOrNull, qualifiedName } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

/**
 * A constructor that CREATE TYPE would call otherwise: another name or schema of a type leaves its constructors as they are. Those of a
 * multirange type are made in the schema of the range type (makeMultirangeConstructors(), src/backend/commands/typecmds.c).
 */
export interface MovedConstructor {
  /** As CREATE TYPE calls it. */
  readonly created: { readonly namespace: string; readonly name: string };
  readonly namespace: string;
  readonly name: string;
  /** `pg_get_function_identity_arguments()`. */
  readonly arguments: string;
}

export interface RangeTypeRow {
  /** The range type's oid. */
  readonly type: number;
  /** `format_type()`. */
  readonly subtype: string;
  /** Qualified, as SQL; null for the subtype's default. */
  readonly opclass: string | null;
  /** Qualified, as SQL; null for the subtype's default. */
  readonly collation: string | null;
  /** As `regproc` prints it; null for none. */
  readonly canonical: string | null;
  /** As `regproc` prints it; null for none. */
  readonly subtypeDiff: string | null;
  /** Since 14. Qualified, as SQL. */
  readonly multirangeName: string | null;
  readonly multirangeType: number;
  readonly multirangeArrayType: number;
  /** Constructors of the range and multirange types. */
  readonly functions: readonly number[];
  /** Those with another name or schema than the type of which they construct values. */
  readonly movedConstructors: readonly MovedConstructor[];
  /** The cast from the range type to the multirange type. */
  readonly casts: readonly number[];
}

const MOVED_CONSTRUCTORS = `COALESCE((
             SELECT pg_catalog.json_agg(pg_catalog.json_build_object('created', pg_catalog.json_build_object('namespace', n.nspname, 'name', own.typname), 'namespace', pn.nspname,
                      'name', p.proname, 'arguments', pg_catalog.pg_get_function_identity_arguments(p.oid)) ORDER BY own.typtype DESC, p.pronargs)
             FROM pg_catalog.pg_depend d
             JOIN pg_catalog.pg_proc p ON p.oid = d.objid
             JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
             JOIN pg_catalog.pg_type own ON own.oid = d.refobjid
             WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.deptype = 'i'
               AND d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND own.oid IN (t.oid, m.oid)
               AND (p.proname, p.pronamespace) IS DISTINCT FROM (own.typname, t.typnamespace)), '[]')`;

export const rangeTypes: CatalogQuery<RangeTypeRow> = {
  sql: ({ major }) => {
    const internalObjects = (catalog: string) => `
           ARRAY(SELECT d.objid FROM pg_catalog.pg_depend d
                 WHERE d.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND d.deptype = 'i'
                   AND d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.refobjid IN (t.oid, m.oid))`;
    return `
    SELECT t.oid AS type, pg_catalog.format_type(r.rngsubtype, NULL) AS subtype,
           CASE WHEN NOT opc.opcdefault
                THEN ${qualifiedName("opcn.nspname", "opc.opcname")} END AS opclass,
           CASE WHEN r.rngcollation <> st.typcollation
                THEN ${qualifiedName("cn.nspname", "co.collname")} END AS collation,
           ${functionOrNull("r.rngcanonical::pg_catalog.regproc")} AS canonical,
           ${functionOrNull("r.rngsubdiff::pg_catalog.regproc")} AS "subtypeDiff",
           CASE WHEN m.oid IS NOT NULL THEN pg_catalog.format_type(m.oid, NULL) END AS "multirangeName",
           COALESCE(m.oid, 0) AS "multirangeType", COALESCE(m.typarray, 0) AS "multirangeArrayType",
           ${internalObjects("pg_proc")} AS functions,
           ${MOVED_CONSTRUCTORS} AS "movedConstructors",
           ${internalObjects("pg_cast")} AS casts
    FROM pg_catalog.pg_range r
    JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    JOIN pg_catalog.pg_type st ON st.oid = r.rngsubtype
    JOIN pg_catalog.pg_opclass opc ON opc.oid = r.rngsubopc
    JOIN pg_catalog.pg_namespace opcn ON opcn.oid = opc.opcnamespace
    LEFT JOIN pg_catalog.pg_type m ON m.oid = ${major >= 14 ? "r.rngmultitypid" : "NULL"}
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = r.rngcollation
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
    WHERE ${IN_USER_SCHEMA}`;
  },
};
