/** User-defined triggers. Those that enforce foreign keys belong to the constraint. */
import { FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";

export interface TriggerRow {
  readonly oid: number;
  /** A partition's copy of a trigger has the name of the topmost parent's, which a restored copy will have. */
  readonly name: string;
  /** The name of a copy that was renamed, which PostgreSQL 13 and 14 allowed; null where it is `name`. */
  readonly ownName: string | null;
  readonly relation: number;
  /** `pg_get_triggerdef()`. */
  readonly definition: string;
  /** `tgenabled`: O origin, D disabled, R replica, A always. */
  readonly enabled: "O" | "D" | "R" | "A";
  /** Whether it is a partition's copy of the parent table's trigger. Only copies with another name or state or with a comment are read. */
  readonly isInherited: boolean;
  /** Whether the state of a copy differs from its parent's. */
  readonly hasOwnState: boolean;
  /** The parent table's trigger; 0 for none. */
  readonly parent: number;
  /** The `pg_constraint` row of a constraint trigger; 0 for none. */
  readonly constraint: number;
}

export const triggers: CatalogQuery<TriggerRow> = {
  // Before 15 a partition's copy is marked internal (src/backend/commands/tablecmds.c, CloneRowTriggersToPartition).
  sql: () => `
    WITH RECURSIVE copies AS (
      SELECT oid, tgname AS name FROM pg_catalog.pg_trigger WHERE tgparentid = 0 AND tgrelid >= ${FIRST_NORMAL_OID}
      UNION ALL
      SELECT t.oid, c.name FROM pg_catalog.pg_trigger t JOIN copies c ON c.oid = t.tgparentid)
    SELECT t.oid, c.name, NULLIF(t.tgname, c.name) AS "ownName", t.tgrelid AS relation,
           pg_catalog.pg_get_triggerdef(t.oid, false) AS definition,
           t.tgenabled AS enabled, t.tgparentid <> 0 AS "isInherited", t.tgparentid AS parent,
           COALESCE(t.tgenabled <> p.tgenabled, false) AS "hasOwnState",
           t.tgconstraint AS constraint
    FROM pg_catalog.pg_trigger t
    JOIN copies c ON c.oid = t.oid
    JOIN pg_catalog.pg_class r ON r.oid = t.tgrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
    LEFT JOIN pg_catalog.pg_trigger p ON p.oid = t.tgparentid
    WHERE t.tgrelid >= ${FIRST_NORMAL_OID}
      AND ((NOT t.tgisinternal AND t.tgparentid = 0)
        OR ((t.tgenabled <> p.tgenabled OR t.tgname <> c.name OR p.oid IS NOT NULL AND EXISTS (
            SELECT FROM pg_catalog.pg_description d
            WHERE d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objoid = t.oid AND d.objsubid = 0))
          AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_constraint co WHERE co.oid = t.tgconstraint AND co.contype <> 't')))`,
};
