/**
 * Partitioned tables whose rows another server may route to another partition, although table and rows are the same:
 * rows must be loaded through such a table, not into its partitions.
 *
 * The partition is chosen from values as the server holds them. Those of enums, of `regclass` and its kin and of `aclitem`
 * are oids, which are other ones after a restore, and whatever contains such a value inherits that (arrays, domains,
 * ranges, composite types). Hash functions that are not PostgreSQL's own may depend on anything, and so may expressions
 * that call functions of users. Under a nondeterministic collation the hash is that of a sort key, which depends on the
 * version of ICU.
 *
 * An expression is judged by the columns that it uses, which `pg_depend` records (StorePartitionKey(),
 * src/backend/catalog/heap.c).
 */
import { CATALOG, FIRST_NORMAL_OID } from "./address.ts";
import type { CatalogQuery } from "./query.ts";
import { IN_USER_SCHEMA } from "./user-schema.ts";

export interface PartitionRoutingRow {
  /** The oid of the partitioned table. */
  readonly relation: number;
}

/** `aclitem` (src/include/catalog/pg_type.dat), whose hash is made of the oids of roles. */
const ACLITEM = 1033;
const OID_TYPE = 26;
const INT4 = 23;
/** `hash` (src/include/catalog/pg_am.dat). */
const HASH_METHOD = 405;

/** True of a type `t` that is an oid inside and written as a name. Of all types that are one, `int4` alone is not. */
const IS_NAMED_OID = `(t.oid = ${ACLITEM} OR EXISTS (
      SELECT FROM pg_catalog.pg_cast ca WHERE ca.castsource = ${OID_TYPE} AND ca.casttarget = t.oid
        AND ca.castmethod = 'b' AND t.oid <> ${INT4}))`;

/** True of a type `t` that PostgreSQL's own hash functions do not hash, or that a user gave a hash function. */
const HAS_OWN_HASH = `(t.typtype = 'b' AND t.oid >= ${FIRST_NORMAL_OID} AND element.oid IS NULL
      OR EXISTS (SELECT FROM pg_catalog.pg_opclass o
                 WHERE o.opcintype = t.oid AND o.opcmethod = ${HASH_METHOD} AND o.opcdefault AND o.oid >= ${FIRST_NORMAL_OID}))`;

export const partitionRoutings: CatalogQuery<PartitionRoutingRow> = {
  sql: ({ major }) => `
    WITH RECURSIVE partitioned AS (
      SELECT p.partrelid AS relation, p.partstrat = 'h' AS hashes, p.partexprs IS NOT NULL AS computes,
             p.partattrs, p.partclass, p.partcollation
      FROM pg_catalog.pg_partitioned_table p
      JOIN pg_catalog.pg_class c ON c.oid = p.partrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE ${IN_USER_SCHEMA}),
    -- The columns of the key, and those that its expressions use.
    key_column AS (
      SELECT p.relation, p.hashes, p.computes, a.atttypid AS type, a.attcollation AS sorting
      FROM partitioned p
      JOIN pg_catalog.pg_attribute a ON a.attrelid = p.relation AND a.attnum > 0
      WHERE a.attnum = ANY (p.partattrs::pg_catalog.int2[]) OR EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE (d.classid, d.objid, d.objsubid) = (${CATALOG.class}, p.relation, a.attnum)
          AND (d.refclassid, d.refobjid, d.refobjsubid, d.deptype) = (${CATALOG.class}, p.relation, 0, 'i'))),
    -- All types that their values are made of.
    part AS (
      SELECT relation, hashes, computes, type, sorting FROM key_column
      UNION
      SELECT part.relation, part.hashes, part.computes, inner_type.type, inner_type.sorting
      FROM part, LATERAL (
        SELECT t.typbasetype AS type, part.sorting FROM pg_catalog.pg_type t WHERE t.oid = part.type AND t.typtype = 'd'
        UNION ALL
        SELECT t.oid, part.sorting FROM pg_catalog.pg_type t WHERE t.typarray = part.type
        UNION ALL
        SELECT r.rngsubtype, r.rngcollation FROM pg_catalog.pg_range r
        WHERE ${major >= 14 ? "part.type IN (r.rngtypid, r.rngmultitypid)" : "r.rngtypid = part.type"}
        UNION ALL
        SELECT a.atttypid, a.attcollation FROM pg_catalog.pg_type t
        JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE t.oid = part.type AND t.typtype = 'c') inner_type)
    SELECT part.relation
    FROM part
    JOIN pg_catalog.pg_type t ON t.oid = part.type
    LEFT JOIN pg_catalog.pg_type element ON element.typarray = t.oid
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = part.sorting
    WHERE ${IS_NAMED_OID}
       OR (part.hashes OR part.computes) AND (t.typtype = 'e' OR NOT COALESCE(co.collisdeterministic, true))
       OR part.hashes AND ${HAS_OWN_HASH}
    UNION
    SELECT p.relation FROM partitioned p
    WHERE p.hashes AND EXISTS (
        SELECT FROM pg_catalog.unnest(p.partclass::pg_catalog.oid[]) AS k (opclass) WHERE k.opclass >= ${FIRST_NORMAL_OID})
       OR p.hashes AND EXISTS (
        SELECT FROM pg_catalog.pg_collation co
        WHERE co.oid = ANY (p.partcollation::pg_catalog.oid[]) AND NOT co.collisdeterministic)
       OR p.computes AND EXISTS (
        SELECT FROM pg_catalog.pg_depend d
        WHERE (d.classid, d.objid, d.objsubid) = (${CATALOG.class}, p.relation, 0) AND d.refclassid = ${CATALOG.proc})
    ORDER BY relation`,
};
