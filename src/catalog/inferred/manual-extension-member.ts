/**
 * What somebody gave to an extension by ALTER EXTENSION … ADD, so that it is a member though the script does not make
 * it. Nothing says so but the order of the rows of pg_depend: a script's object is a member from the same command in
 * which it comes into its schema, any other becomes one later. Where this is so of all members, pg_upgrade did it.
 */
import { CATALOG } from "../address.ts";
import { saysMember } from "../depend.ts";
import type { CatalogQuery } from "../query.ts";

export interface ManualExtensionMemberRow {
  readonly extension: number;
  readonly classid: number;
  readonly objid: number;
  /** For people: `table public.t`. */
  readonly description: string;
}

export const manualExtensionMembers: CatalogQuery<ManualExtensionMemberRow> = {
  sql: () => `
    WITH member AS (
      SELECT e.refobjid AS extension, e.classid, e.objid,
             pg_catalog.age(e.xmin) < pg_catalog.age(n.xmin)
               OR e.xmin = n.xmin AND e.cmin::text::int8 > n.cmin::text::int8 AS "isLater"
      FROM pg_catalog.pg_depend e
      JOIN pg_catalog.pg_depend n ON n.classid = e.classid AND n.objid = e.objid AND n.objsubid = 0
        AND n.refclassid = ${CATALOG.namespace} AND n.deptype = 'n'
      WHERE ${saysMember("e")})
    SELECT m.extension, m.classid, m.objid, o.type || ' ' || o.identity AS description
    FROM member m, pg_catalog.pg_identify_object(m.classid, m.objid, 0) o
    WHERE m."isLater" AND EXISTS (SELECT FROM member WHERE extension = m.extension AND NOT "isLater")
    ORDER BY m.extension, description`,
};
