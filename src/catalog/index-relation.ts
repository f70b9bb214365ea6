/** Indexes, including those of constraints. */
import { FIRST_NORMAL_OID } from "./address.ts";
import { IN_USER_SCHEMA } from "./user-schema.ts";
import type { CatalogQuery } from "./query.ts";

export interface IndexRow {
  readonly oid: number;
  readonly name: string;
  readonly relation: number;
  /** `pg_get_indexdef()`; null for the index of a constraint, which the constraint creates. */
  readonly definition: string | null;
  /** `btree`, `gin`, …; an extension's method has its own name. */
  readonly accessMethod: string;
  /** The index of the parent table that this one is attached to; 0 for none. */
  readonly parent: number;
  readonly isPartitioned: boolean;
  readonly isUnique: boolean;
  readonly isPrimary: boolean;
  /** Since 15. */
  readonly nullsNotDistinct: boolean;
  /** Since 19: whether it has GiST's operator class for inet and cidr, which a definition no longer names. */
  readonly hasDefaultInetOps: boolean;
  readonly isValid: boolean;
  readonly isReady: boolean;
  readonly isClustered: boolean;
  readonly isReplicaIdentity: boolean;
  /** Key columns that a foreign key can reference because of this index; empty where none can. */
  readonly referable: readonly number[];
  readonly tablespace: string | null;
  /** `reloptions`, each `name=value`. */
  readonly options: readonly string[] | null;
  /** Columns of the index with a statistics target, and these targets. */
  readonly statisticsColumns: readonly number[];
  readonly statisticsTargets: readonly number[];
}

const HAS_INET_OPS = `am.amname = 'gist' AND EXISTS (
             SELECT FROM pg_catalog.pg_opclass oc
             WHERE oc.oid = ANY (i.indclass::pg_catalog.oid[]) AND oc.opcname = 'inet_ops'
               AND oc.opcnamespace = 'pg_catalog'::pg_catalog.regnamespace)`;

export const indexes: CatalogQuery<IndexRow> = {
  sql: ({ major }) => `
    SELECT c.oid, c.relname AS name, i.indrelid AS relation,
           CASE WHEN co.oid IS NULL THEN pg_catalog.pg_get_indexdef(c.oid) END AS definition,
           am.amname AS "accessMethod",
           COALESCE(inh.inhparent, 0) AS parent, c.relkind = 'I' AS "isPartitioned", i.indisunique AS "isUnique",
           ${major >= 15 ? "i.indnullsnotdistinct" : "false"} AS "nullsNotDistinct",
           ${major >= 19 ? HAS_INET_OPS : "false"} AS "hasDefaultInetOps",
           i.indisprimary AS "isPrimary", i.indisvalid AS "isValid", i.indisready AS "isReady",
           i.indisclustered AS "isClustered", i.indisreplident AS "isReplicaIdentity", ts.spcname AS tablespace,
           CASE WHEN i.indisunique AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
             THEN (i.indkey::int2[])[0:i.indnkeyatts - 1] ELSE '{}' END AS referable,
           c.reloptions AS options,
           COALESCE(st.columns, '{}') AS "statisticsColumns", COALESCE(st.targets, '{}') AS "statisticsTargets"
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_am am ON am.oid = c.relam
    LEFT JOIN pg_catalog.pg_constraint co ON co.conindid = i.indexrelid AND co.contype IN ('p', 'u', 'x')
    LEFT JOIN pg_catalog.pg_inherits inh ON inh.inhrelid = c.oid
    LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
    LEFT JOIN (
      SELECT a.attrelid, pg_catalog.array_agg(a.attnum::int ORDER BY a.attnum) AS columns,
             pg_catalog.array_agg(a.attstattarget::int ORDER BY a.attnum) AS targets
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_class ic ON ic.oid = a.attrelid AND ic.relkind IN ('i', 'I')
      WHERE a.attstattarget >= 0 AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attrelid >= ${FIRST_NORMAL_OID}
      GROUP BY a.attrelid
    ) st ON st.attrelid = c.oid
    WHERE c.relpersistence <> 't' AND ${IN_USER_SCHEMA}`,
};
