/**
 * Members that were added to an extension manually (ALTER EXTENSION … ADD), so that its script does not create them.
 *
 * A heuristic. Nothing records how an object became a member. But an object that a script creates becomes a member in the
 * same command that puts it into its schema, and any other in a later one. The `xmin` and `cmin` of both rows of
 * `pg_depend` tell which; extensions whose members all became so later are ignored, because pg_upgrade adds them like that.
 *
 * It is wrong where a script itself adds an object that it has created, and where a DROP that was rolled back has
 * overwritten `cmin`. It misses members that are in no schema, that were moved to another schema later, and those of an
 * extension all of whose members were added manually. The result is used only for warnings.
 */
import { CATALOG } from "../address.ts";
import { isMembership } from "../depend.ts";
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
      -- pg_identify_object() crashes the server where a damaged catalog has lost the object's schema.
      JOIN pg_catalog.pg_namespace s ON s.oid = n.refobjid
      WHERE ${isMembership("e")})
    SELECT m.extension, m.classid, m.objid, o.type || ' ' || o.identity AS description
    FROM member m, pg_catalog.pg_identify_object(m.classid, m.objid, 0) o
    WHERE m."isLater" AND EXISTS (SELECT FROM member WHERE extension = m.extension AND NOT "isLater")
    ORDER BY m.extension, description`,
};
