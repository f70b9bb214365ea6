/**
 * Calls of functions that share their names with newer ones, in what is created after the data: index expressions, checks,
 * policies, conditions of triggers, rules, statistics. The deparsed text does not say which function it calls where arguments are
 * left to a default, or the function takes any type; whatever was parsed after the other function existed is read as before.
 *
 * A heuristic. That the other function is newer follows from the oids, which wrap around. The result is used only for warnings.
 */
import { CATALOG, FIRST_NORMAL_OID } from "../address.ts";
import type { CatalogQuery } from "../query.ts";

/** A function of the name, by what tells which of them a call means. */
export interface CandidateFunction {
  readonly oid: number;
  /** Types of its input arguments. */
  readonly types: readonly number[];
  /** Number of arguments with a default: the last ones. */
  readonly defaults: number;
}

/** An object that calls a function, and newer functions of the name. */
export interface UnsureCallRow {
  readonly classid: number;
  readonly objid: number;
  readonly called: CandidateFunction;
  readonly others: readonly CandidateFunction[];
  /** The stored expressions of the object (src/backend/nodes/outfuncs.c). */
  readonly trees: readonly string[];
  /** Casts that need not be written, as `source target`, and the types that take any argument. */
  readonly implicitCasts: readonly string[];
  readonly anyTypes: readonly number[];
}

const candidate = (row: string): string =>
  `pg_catalog.json_build_object('oid', ${row}.oid::pg_catalog.int8, 'types', ${row}.proargtypes::pg_catalog.int8[], 'defaults', ${row}.pronargdefaults)`;

/** The expressions of the objects of one catalog. */
const treesOf = (catalog: string, key: string, columns: readonly string[]): string => `
      SELECT 'pg_catalog.${catalog}'::pg_catalog.regclass::pg_catalog.oid AS classid, o.${key} AS objid,
             pg_catalog.array_remove(ARRAY[${columns.map((column) => `o.${column}::pg_catalog.text`).join(", ")}], NULL) AS trees
      FROM pg_catalog.${catalog} o WHERE o.${key} IN (SELECT objid FROM use)`;

export const unsureCalls: CatalogQuery<UnsureCallRow> = {
  sql: ({ major }) => `
    WITH overloaded AS (
      SELECT pronamespace, proname FROM pg_catalog.pg_proc WHERE oid >= ${FIRST_NORMAL_OID}
      GROUP BY pronamespace, proname HAVING pg_catalog.count(*) > 1
    ), use AS (
      SELECT DISTINCT d.classid, d.objid, p.oid AS called
      FROM overloaded v
      JOIN pg_catalog.pg_proc p ON p.pronamespace = v.pronamespace AND p.proname = v.proname
      JOIN pg_catalog.pg_depend d ON d.refclassid = ${CATALOG.proc} AND d.refobjid = p.oid AND d.deptype IN ('n', 'a')
        AND d.classid IN (${CATALOG.class}, ${CATALOG.constraint}, ${CATALOG.policy}, ${CATALOG.trigger}, ${CATALOG.rewrite}, ${CATALOG.statistics})
    ), expression AS (
      SELECT ${CATALOG.class}::pg_catalog.oid AS classid, o.indexrelid AS objid,
             pg_catalog.array_remove(ARRAY[o.indexprs::pg_catalog.text, o.indpred::pg_catalog.text], NULL) AS trees
      FROM pg_catalog.pg_index o WHERE o.indexrelid IN (SELECT objid FROM use)
      UNION ALL ${treesOf("pg_constraint", "oid", ["conbin"])}
      UNION ALL ${treesOf("pg_policy", "oid", ["polqual", "polwithcheck"])}
      UNION ALL ${treesOf("pg_trigger", "oid", ["tgqual"])}
      UNION ALL ${treesOf("pg_rewrite", "oid", ["ev_qual", "ev_action"])}
      ${major >= 14 ? `UNION ALL ${treesOf("pg_statistic_ext", "oid", ["stxexprs"])}` : ""}
    )
    SELECT u.classid, u.objid, ${candidate("p")} AS called, pg_catalog.json_agg(${candidate("g")} ORDER BY g.oid) AS others, e.trees,
           ARRAY(SELECT castsource || ' ' || casttarget FROM pg_catalog.pg_cast WHERE castcontext = 'i') AS "implicitCasts",
           ARRAY(SELECT oid FROM pg_catalog.pg_type WHERE typtype = 'p') AS "anyTypes"
    FROM use u
    JOIN expression e ON e.classid = u.classid AND e.objid = u.objid
    JOIN pg_catalog.pg_proc p ON p.oid = u.called
    JOIN pg_catalog.pg_proc g ON g.pronamespace = p.pronamespace AND g.proname = p.proname AND g.oid > u.objid
    GROUP BY u.classid, u.objid, p.oid, p.proargtypes, p.pronargdefaults, e.trees`,
};
