/** Operators. One that was only ever named, as another's commutator, has no function and is not read. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import type { CatalogQuery } from "./query.ts";

export interface OperatorRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly owner: number;
  /** `format_type()`; null for the side that a unary operator does not have. */
  readonly left: string | null;
  readonly right: string | null;
  /** Functions are as `regproc` prints them; null for none. */
  readonly function: string;
  readonly restrict: string | null;
  readonly join: string | null;
  /** `OPERATOR(schema.=)`, with the schema's oid beside it; null and 0 for none. */
  readonly commutator: string | null;
  readonly commutatorNamespace: number;
  readonly negator: string | null;
  readonly negatorNamespace: number;
  readonly hashes: boolean;
  readonly merges: boolean;
}

const SQL_NAME = (operator: string, namespace: string) =>
  `'OPERATOR(' || pg_catalog.quote_ident(${namespace}.nspname) || '.' || ${operator}.oprname || ')'`;

export const operators: CatalogQuery<OperatorRow> = {
  sql: () => `
    SELECT o.oid, o.oprname AS name, o.oprnamespace AS namespace, o.oprowner AS owner,
           CASE WHEN o.oprleft <> 0 THEN pg_catalog.format_type(o.oprleft, NULL) END AS left,
           CASE WHEN o.oprright <> 0 THEN pg_catalog.format_type(o.oprright, NULL) END AS right,
           o.oprcode::text AS function, NULLIF(o.oprrest::text, '-') AS restrict, NULLIF(o.oprjoin::text, '-') AS join,
           ${SQL_NAME("com", "comn")} AS commutator, COALESCE(com.oprnamespace, 0) AS "commutatorNamespace",
           ${SQL_NAME("neg", "negn")} AS negator, COALESCE(neg.oprnamespace, 0) AS "negatorNamespace",
           o.oprcanhash AS hashes, o.oprcanmerge AS merges
    FROM pg_catalog.pg_operator o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
    LEFT JOIN pg_catalog.pg_operator com ON com.oid = o.oprcom
    LEFT JOIN pg_catalog.pg_namespace comn ON comn.oid = com.oprnamespace
    LEFT JOIN pg_catalog.pg_operator neg ON neg.oid = o.oprnegate
    LEFT JOIN pg_catalog.pg_namespace negn ON negn.oid = neg.oprnamespace
    WHERE o.oprcode::oid <> 0 AND ${IN_USER_SCHEMA}`,
};
