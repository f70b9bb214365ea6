/** User-defined casts. The cast that PostgreSQL creates with a range type is not read. */
import { FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

export interface CastRow {
  readonly oid: number;
  /** `format_type()`. */
  readonly sourceType: string;
  readonly targetType: string;
  /** `castmethod`: f function, i input and output functions, b binary-coercible. */
  readonly method: "f" | "i" | "b";
  /** As `regprocedure` prints it; null for none. */
  readonly castFunction: string | null;
  /** Whether the function is not PostgreSQL's own. */
  readonly isFunctionOfUser: boolean;
  /** `castcontext`: e explicit only, a also in assignments, i also implicit. */
  readonly context: "e" | "a" | "i";
}

export const casts: CatalogQuery<CastRow> = {
  sql: () => `
    SELECT c.oid, pg_catalog.format_type(c.castsource, NULL) AS "sourceType",
           pg_catalog.format_type(c.casttarget, NULL) AS "targetType", c.castmethod AS method,
           NULLIF(c.castfunc::pg_catalog.regprocedure::text, '-') AS "castFunction",
           c.castfunc >= ${FIRST_NORMAL_OID} AS "isFunctionOfUser", c.castcontext AS context
    FROM pg_catalog.pg_cast c
    WHERE c.oid >= ${FIRST_NORMAL_OID} AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_depend d
      WHERE d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'i')`,
};
