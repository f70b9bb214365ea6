/**
 * Functions, procedures, window functions, and what aggregates have in common with them. The constructors of range types
 * are not read: PostgreSQL creates them with the type (compare getFuncs(), src/bin/pg_dump/pg_dump.c).
 */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import { argumentTypes, functionOrNull } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface FunctionRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly owner: number;
  readonly acl: readonly string[] | null;
  readonly aclDefault: readonly string[];
  /** `prokind`: f function, p procedure, w window function, a aggregate. */
  readonly kind: "f" | "p" | "w" | "a";
  /** Types of the input arguments: `integer, text`. */
  readonly argumentTypes: string;
  /** `pg_get_function_identity_arguments()`. */
  readonly identityArguments: string;
  /** `pg_get_function_arguments()`: with names and defaults. */
  readonly arguments: string;
  /** `pg_get_function_result()`; null for procedures. */
  readonly result: string | null;
  /** Whether it is a procedure with an OUT argument (14). */
  readonly isProcedureWithOut: boolean;
  readonly language: string;
  /** `format_type()` of the types that are passed through a transform. */
  readonly transformTypes: readonly string[];
  /** `provolatile`: i immutable, s stable, v volatile. */
  readonly volatility: "i" | "s" | "v";
  /** `proparallel`: s safe, r restricted, u unsafe. */
  readonly parallel: "s" | "r" | "u";
  readonly isStrict: boolean;
  readonly securityDefiner: boolean;
  readonly leakProof: boolean;
  /** `procost` and `prorows`, in the shortest text that is read back as the same number. */
  readonly cost: string;
  readonly rows: string;
  readonly returnsSet: boolean;
  /** As `regproc` prints it; null for none. */
  readonly support: string | null;
  /** `proconfig`, each `name=value`. */
  readonly settings: readonly string[] | null;
  /** The body, or the symbol of a C function. */
  readonly source: string;
  /** The library of a C function. */
  readonly library: string | null;
  /** A body that was parsed at definition time (since 14): `RETURN …` or `BEGIN ATOMIC …`. */
  readonly sqlBody: string | null;
  /** Number of input arguments with a default: the last ones. */
  readonly defaults: number;
  /** Whether such a body, or a default, calls the function that it belongs to. */
  readonly callsItself: boolean;
}

export const functions: CatalogQuery<FunctionRow> = {
  sql: ({ major }) => `
    SELECT p.oid, p.proname AS name, p.pronamespace AS namespace, p.proowner AS owner, p.proacl::text[] AS acl,
           pg_catalog.acldefault('f', p.proowner)::text[] AS "aclDefault", p.prokind AS kind,
           ${argumentTypes("p")} AS "argumentTypes",
           pg_catalog.pg_get_function_identity_arguments(p.oid) AS "identityArguments",
           pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
           pg_catalog.pg_get_function_result(p.oid) AS result,
           p.prokind = 'p' AND COALESCE('o' = ANY (p.proargmodes), false) AS "isProcedureWithOut",
           l.lanname AS language,
           ARRAY(SELECT pg_catalog.format_type(a.type, NULL)
                 FROM pg_catalog.unnest(p.protrftypes) WITH ORDINALITY AS a(type, position)
                 ORDER BY a.position) AS "transformTypes",
           p.pronargdefaults::int AS defaults,
           p.provolatile AS volatility, p.proparallel AS parallel, p.proisstrict AS "isStrict",
           p.prosecdef AS "securityDefiner", p.proleakproof AS "leakProof",
           p.procost::text AS cost, p.prorows::text AS rows, p.proretset AS "returnsSet",
           ${functionOrNull("p.prosupport")} AS support, p.proconfig AS settings,
           p.prosrc AS source, p.probin AS library,
           ${major >= 14 ? "pg_catalog.pg_get_function_sqlbody(p.oid)" : "NULL"} AS "sqlBody",
           EXISTS (SELECT FROM pg_catalog.pg_depend d
                   WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid
                     AND d.refclassid = d.classid AND d.refobjid = p.oid) AS "callsItself"
    FROM pg_catalog.pg_proc p
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    WHERE ${IN_USER_SCHEMA} AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'i')`,
};
