/** Domains and their constraints. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import { qualifiedName, TYPE_DEFAULT } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface DomainRow {
  /** The type's oid. */
  readonly type: number;
  /** `format_type()` of the underlying type. */
  readonly baseType: string;
  /** Qualified, as SQL; null for the underlying type's default. */
  readonly collation: string | null;
  readonly notNull: boolean;
  /** As an SQL expression. Null where it is the underlying base type's own, which has no expression and is inherited. */
  readonly default: string | null;
  /** Whether the underlying type has a default that this domain has not, and that a new domain inherits. */
  readonly baseHasDefault: boolean;
  /**
   * Whether bounds of partitions are values of it, or of a domain over it: its constraints may have come after bounds that
   * they forbid.
   */
  readonly hasBounds: boolean;
}

/** The text of CREATE TYPE's DEFAULT, which written as DEFAULT of the domain would become an expression. */
const INHERITS_DEFAULT = `(t.typdefaultbin IS NULL AND t.typdefault IS NOT NULL
            AND b.typdefaultbin IS NULL AND b.typdefault IS NOT DISTINCT FROM t.typdefault)`;

/** Types of the columns of keys by which bounds are given, and the types below these, where they are domains. */
const BOUND_TYPES = `
    WITH RECURSIVE bound_type (oid) AS (
      SELECT a.atttypid FROM pg_catalog.pg_partitioned_table p
      JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs::pg_catalog.int2[])
      WHERE p.partstrat IN ('l', 'r')
      UNION SELECT t.typbasetype FROM bound_type b JOIN pg_catalog.pg_type t ON t.oid = b.oid WHERE t.typtype = 'd')`;

export const domains: CatalogQuery<DomainRow> = {
  sql: () => `${BOUND_TYPES}
    SELECT t.oid AS type, pg_catalog.format_type(t.typbasetype, t.typtypmod) AS "baseType",
           CASE WHEN t.typcollation <> b.typcollation
                THEN ${qualifiedName("cn.nspname", "co.collname")} END AS collation,
           t.typnotnull AS "notNull",
           CASE WHEN NOT ${INHERITS_DEFAULT} THEN ${TYPE_DEFAULT} END AS default,
           b.typdefault IS NOT NULL AND NOT ${INHERITS_DEFAULT} AS "baseHasDefault",
           t.oid IN (SELECT oid FROM bound_type) AS "hasBounds"
    FROM pg_catalog.pg_type t
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
    LEFT JOIN pg_catalog.pg_collation co ON co.oid = t.typcollation
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
    WHERE t.typtype = 'd' AND ${IN_USER_SCHEMA}`,
};

export interface DomainConstraintRow {
  readonly oid: number;
  /** The domain's type oid. */
  readonly type: number;
  readonly name: string;
  /** `contype`: c check, n not null (since 17). */
  readonly constraintType: "c" | "n";
  /** `pg_get_constraintdef()`: `CHECK ((VALUE > 0))`, with NOT VALID where it is not. */
  readonly definition: string;
  readonly isValidated: boolean;
}

export const domainConstraints: CatalogQuery<DomainConstraintRow> = {
  sql: () => `
    SELECT co.oid, co.contypid AS type, co.conname AS name, co.contype AS "constraintType",
           pg_catalog.pg_get_constraintdef(co.oid) AS definition, co.convalidated AS "isValidated"
    FROM pg_catalog.pg_constraint co
    JOIN pg_catalog.pg_type t ON t.oid = co.contypid
    JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    WHERE co.contype IN ('c', 'n') AND ${IN_USER_SCHEMA}`,
};
