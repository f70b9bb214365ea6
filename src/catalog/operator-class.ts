/** Operator families and classes, and their members. */
import { FIRST_NORMAL_OID } from "./address.ts";
import { IN_USER_SCHEMA } from "./user-schema.ts";
import { qualifiedName } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface OperatorFamilyRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly owner: number;
  readonly accessMethod: string;
}

export const operatorFamilies: CatalogQuery<OperatorFamilyRow> = {
  sql: () => `
    SELECT f.oid, f.opfname AS name, f.opfnamespace AS namespace, f.opfowner AS owner, a.amname AS "accessMethod"
    FROM pg_catalog.pg_opfamily f
    JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
    JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod
    WHERE ${IN_USER_SCHEMA}`,
};

export interface OperatorClassRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly owner: number;
  readonly accessMethod: string;
  /** The family's qualified name, as SQL. */
  readonly family: string;
  /** `format_type()`. */
  readonly inputType: string;
  /** `format_type()`; null when it is the input type. */
  readonly storedType: string | null;
  readonly isDefault: boolean;
}

export const operatorClasses: CatalogQuery<OperatorClassRow> = {
  sql: () => `
    SELECT c.oid, c.opcname AS name, c.opcnamespace AS namespace, c.opcowner AS owner, a.amname AS "accessMethod",
           ${qualifiedName("fn.nspname", "f.opfname")} AS family,
           pg_catalog.format_type(c.opcintype, NULL) AS "inputType",
           CASE WHEN c.opckeytype <> 0 THEN pg_catalog.format_type(c.opckeytype, NULL) END AS "storedType",
           c.opcdefault AS "isDefault"
    FROM pg_catalog.pg_opclass c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.opcnamespace
    JOIN pg_catalog.pg_am a ON a.oid = c.opcmethod
    JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily
    JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace
    WHERE ${IN_USER_SCHEMA}`,
};

/**
 * An operator or function that a user added to an operator class or family, including families of PostgreSQL and of
 * extensions. It belongs to the class that it depends on in `pg_depend`, otherwise only to the family (compare
 * storeOperators(), src/backend/commands/opclasscmds.c).
 */
export interface OperatorMemberRow {
  /** Of `pg_amop` or `pg_amproc`, as `catalog` says. */
  readonly oid: number;
  readonly catalog: "amop" | "amproc";
  /** Oid of the class; 0 when it belongs only to the family. */
  readonly class: number;
  readonly family: number;
  readonly familyNamespace: number;
  readonly familyName: string;
  readonly accessMethod: string;
  /** Strategy number of an operator or support number of a function. */
  readonly number: number;
  /** `format_type()`. */
  readonly left: string;
  readonly right: string;
  /** The oid of the operator or function. */
  readonly memberOid: number;
  /** As `regoperator` or `regprocedure` prints it. */
  readonly member: string;
  /** The family that an ordering operator sorts by, qualified, as SQL; null for a search operator. */
  readonly sortFamily: string | null;
}

/** The members `m` in one catalog, with family, access method and class. */
const fromMembers = (catalog: string, family: string): string => `
    FROM pg_catalog.${catalog} m
    JOIN pg_catalog.pg_opfamily f ON f.oid = m.${family}
    JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod
    LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.${catalog}'::pg_catalog.regclass AND d.objid = m.oid
     AND d.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass`;

/**
 * The operator `o` in schema `n` as `regoperator` prints it. The server's own function crashes it where a damaged catalog
 * has lost the schema.
 */
const OPERATOR = `CASE n.nspname WHEN 'pg_catalog' THEN '' ELSE pg_catalog.quote_ident(n.nspname) || '.' END || o.oprname
             || '(' || CASE o.oprleft WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprleft, NULL) END
             || ',' || CASE o.oprright WHEN 0 THEN 'NONE' ELSE pg_catalog.format_type(o.oprright, NULL) END || ')'`;

export const operatorMembers: CatalogQuery<OperatorMemberRow> = {
  sql: () => `
    SELECT m.oid, 'amop' AS catalog, COALESCE(d.refobjid, 0) AS class, f.oid AS family,
           f.opfnamespace AS "familyNamespace", f.opfname AS "familyName", a.amname AS "accessMethod",
           m.amopstrategy AS number, pg_catalog.format_type(m.amoplefttype, NULL) COLLATE pg_catalog."C" AS left,
           pg_catalog.format_type(m.amoprighttype, NULL) COLLATE pg_catalog."C" AS right, m.amopopr AS "memberOid",
           ${OPERATOR} AS member,
           ${qualifiedName("sn.nspname", "s.opfname")} AS "sortFamily"
    ${fromMembers("pg_amop", "amopfamily")}
    JOIN pg_catalog.pg_operator o ON o.oid = m.amopopr
    JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
    LEFT JOIN pg_catalog.pg_opfamily s ON s.oid = m.amopsortfamily
    LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.opfnamespace
    WHERE m.oid >= ${FIRST_NORMAL_OID}
    UNION ALL
    SELECT m.oid, 'amproc', COALESCE(d.refobjid, 0), f.oid, f.opfnamespace, f.opfname, a.amname,
           m.amprocnum, pg_catalog.format_type(m.amproclefttype, NULL),
           pg_catalog.format_type(m.amprocrighttype, NULL), m.amproc::oid,
           m.amproc::pg_catalog.regprocedure::text, NULL
    ${fromMembers("pg_amproc", "amprocfamily")}
    WHERE m.oid >= ${FIRST_NORMAL_OID}
    ORDER BY catalog, number, "left", "right"`,
};
