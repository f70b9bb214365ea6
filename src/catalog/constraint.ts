/** Constraints of relations. Those of domains are read with the domains. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import type { CatalogQuery } from "./query.ts";

export interface ConstraintRow {
  readonly oid: number;
  readonly relation: number;
  readonly name: string;
  /** `contype`: c check, n not null (18), p primary key, u unique, x exclusion, f foreign key. */
  readonly type: "c" | "n" | "p" | "u" | "x" | "f";
  /** `pg_get_constraintdef()`. */
  readonly definition: string;
  /** `conislocal`; true also of one that was inherited from a parent that has it no longer. */
  readonly isLocal: boolean;
  readonly isValidated: boolean;
  /** False for NOT ENFORCED (18). */
  readonly isEnforced: boolean;
  readonly noInherit: boolean;
  /** Whether it has exclusion operators: exclusion constraints, and keys WITHOUT OVERLAPS (18). */
  readonly byExclusion: boolean;
  /** Whether a key is WITHOUT OVERLAPS, or a foreign key has a PERIOD (18). */
  readonly isTemporal: boolean;
  /** Whether a foreign key compares ranges or multiranges. */
  readonly comparesRanges: boolean;
  /**
   * Whether PostgreSQL refuses, when it validates a foreign key, rows that have their partner: it knows rows without one by
   * `IS NULL` of the first column that is referred to, which is true of a composite value of nulls alone. A row that refers
   * by such a value is looked at where the type has no columns, or where MATCH FULL looks at another column, too
   * (RI_Initial_Check(), src/backend/utils/adt/ri_triggers.c).
   */
  readonly isMisvalidated: boolean;
  /** Whether ON DELETE SET NULL or SET DEFAULT of a foreign key names columns (15). */
  readonly deleteSetsColumns: boolean;
  /**
   * Whether these are no columns of the key, which nothing can create. ADD CONSTRAINT of a partitioned table copies their numbers to
   * the partitions that it has, where other columns have them if the table was attached (addFkRecurseReferencing(),
   * src/backend/commands/tablecmds.c of 15 to 18.6).
   */
  readonly deleteSetsOtherColumns: boolean;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  /** The index of a key or exclusion constraint, or the referenced index of a foreign key; 0 for none. */
  readonly index: number;
  /** The constraint of the parent table that this one is a part of; 0 for none. */
  readonly parent: number;
  /** The referenced relation of a foreign key; 0 for none. */
  readonly references: number;
  /** `attnum`s. */
  readonly columns: readonly number[];
}

function columnName(constraint: string): string {
  return `(SELECT a.attname FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = ${constraint}.conrelid AND a.attnum = ${constraint}.conkey[1])`;
}

/**
 * Whether a parent has the constraint. ALTER TABLE ONLY … DROP COLUMN of a parent makes the column the children's own, but
 * leaves their constraints as inherited ones (ATExecDropColumn, src/backend/commands/tablecmds.c).
 */
const OF_PARENT = `EXISTS (
  SELECT FROM pg_catalog.pg_inherits i
  JOIN pg_catalog.pg_constraint pc ON pc.conrelid = i.inhparent AND pc.contype = co.contype
  WHERE i.inhrelid = co.conrelid AND NOT pc.connoinherit
    AND CASE co.contype WHEN 'c' THEN pc.conname = co.conname
        ELSE ${columnName("pc")} = ${columnName("co")} END)`;

/** Types of domains are looked through. */
const IS_MISVALIDATED = `COALESCE((
  SELECT t.typtype IN ('c', 'd') AND EXISTS (
    WITH RECURSIVE base AS (
      SELECT t.typrelid AS relation, t.typbasetype AS oid
      UNION ALL
      SELECT b.typrelid, b.typbasetype FROM base JOIN pg_catalog.pg_type b ON b.oid = base.oid)
    SELECT FROM base WHERE relation <> 0 AND (
      co.confmatchtype = 'f' AND pg_catalog.cardinality(co.confkey) > 1
      OR NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped)))
  FROM pg_catalog.pg_attribute r
  JOIN pg_catalog.pg_type t ON t.oid = r.atttypid
  WHERE r.attrelid = co.confrelid AND r.attnum = co.confkey[1]), FALSE)`;

export const constraints: CatalogQuery<ConstraintRow> = {
  // Constraint triggers ('t') are written as triggers.
  sql: ({ major }) => `
    SELECT co.oid, co.conrelid AS relation, co.conname AS name, co.contype AS type,
           pg_catalog.pg_get_constraintdef(co.oid) AS definition,
           co.conislocal OR co.contype IN ('c', 'n') AND NOT c.relispartition AND NOT ${OF_PARENT} AS "isLocal",
           co.convalidated AS "isValidated", ${major >= 18 ? "co.conenforced" : "true"} AS "isEnforced",
           ${major >= 18 ? "co.conperiod" : "false"} AS "isTemporal",
           ${major >= 15 ? "co.confdelsetcols IS NOT NULL" : "false"} AS "deleteSetsColumns",
           ${major >= 15 ? "COALESCE(NOT co.confdelsetcols <@ co.conkey, false)" : "false"} AS "deleteSetsOtherColumns",
           COALESCE(co.conpfeqop && ARRAY['pg_catalog.=(anyrange,anyrange)'::pg_catalog.regoperator,
             ${major >= 14 ? "'pg_catalog.=(anymultirange,anymultirange)'::pg_catalog.regoperator" : "NULL"}]::oid[], FALSE)
             AS "comparesRanges",
           ${IS_MISVALIDATED} AS "isMisvalidated",
           co.conexclop IS NOT NULL AS "byExclusion",
           co.connoinherit AS "noInherit", co.condeferrable AS deferrable, co.condeferred AS deferred,
           co.conindid AS index, co.conparentid AS parent, co.confrelid AS references,
           COALESCE(co.conkey, '{}') AS columns
    FROM pg_catalog.pg_constraint co
    JOIN pg_catalog.pg_class c ON c.oid = co.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE co.contype IN ('c', 'n', 'p', 'u', 'x', 'f') AND c.relpersistence <> 't'
      AND ${IN_USER_SCHEMA}`,
};
