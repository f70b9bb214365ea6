/** Operators. One that exists only as the commutator or negator of another has no function and is not read. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import { functionOrNull, operatorName } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface OperatorRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly owner: number;
  /** `format_type()`; null for the missing operand of a unary operator. */
  readonly left: string | null;
  readonly right: string | null;
  /** Functions as `regproc` prints them; null for none. */
  readonly function: string;
  readonly restrict: string | null;
  readonly join: string | null;
  /** `OPERATOR(schema.=)` and the oid of the schema; null and 0 for none. */
  readonly commutator: string | null;
  readonly commutatorNamespace: number;
  readonly negator: string | null;
  readonly negatorNamespace: number;
  readonly hashes: boolean;
  readonly merges: boolean;
}

export const operators: CatalogQuery<OperatorRow> = {
  sql: () => `
    SELECT o.oid, o.oprname AS name, o.oprnamespace AS namespace, o.oprowner AS owner,
           CASE WHEN o.oprleft <> 0 THEN pg_catalog.format_type(o.oprleft, NULL) END AS left,
           CASE WHEN o.oprright <> 0 THEN pg_catalog.format_type(o.oprright, NULL) END AS right,
           o.oprcode::text AS function, ${functionOrNull("o.oprrest")} AS restrict, ${functionOrNull("o.oprjoin")} AS join,
           ${operatorName("comn", "com")} AS commutator, COALESCE(com.oprnamespace, 0) AS "commutatorNamespace",
           ${operatorName("negn", "neg")} AS negator, COALESCE(neg.oprnamespace, 0) AS "negatorNamespace",
           o.oprcanhash AS hashes, o.oprcanmerge AS merges
    FROM pg_catalog.pg_operator o
    JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
    LEFT JOIN pg_catalog.pg_operator com ON com.oid = o.oprcom
    LEFT JOIN pg_catalog.pg_namespace comn ON comn.oid = com.oprnamespace
    LEFT JOIN pg_catalog.pg_operator neg ON neg.oid = o.oprnegate
    LEFT JOIN pg_catalog.pg_namespace negn ON negn.oid = neg.oprnamespace
    WHERE o.oprcode::oid <> 0 AND ${IN_USER_SCHEMA}`,
};
