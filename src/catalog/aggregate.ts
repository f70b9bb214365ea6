/** Aggregates: the properties that are not in their rows of `pg_proc`. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import { functionOrNull, operatorName } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface AggregateRow {
  /** The oid in `pg_proc`. */
  readonly function: number;
  /** `aggkind`: n normal, o ordered-set, h hypothetical-set. */
  readonly kind: "n" | "o" | "h";
  /** Functions as `regproc` prints them; null for none. */
  readonly transition: string;
  readonly final: string | null;
  readonly combine: string | null;
  readonly serial: string | null;
  readonly deserial: string | null;
  readonly movingTransition: string | null;
  readonly movingInverse: string | null;
  readonly movingFinal: string | null;
  readonly finalExtra: boolean;
  readonly movingFinalExtra: boolean;
  /** `aggfinalmodify`: r read only, s shareable, w read write. */
  readonly finalModify: "r" | "s" | "w";
  readonly movingFinalModify: "r" | "s" | "w";
  /** `OPERATOR(schema.<)`; null for none. */
  readonly sortOperator: string | null;
  readonly stateType: string;
  /** Null without a moving-aggregate mode. */
  readonly movingStateType: string | null;
  /** Bytes that the planner assumes for the state; 0 for its own estimate. */
  readonly stateSpace: number;
  readonly movingStateSpace: number;
  readonly initial: string | null;
  readonly movingInitial: string | null;
}

export const aggregates: CatalogQuery<AggregateRow> = {
  sql: () => `
    SELECT p.oid AS function, a.aggkind AS kind, a.aggtransfn::text AS transition,
           ${functionOrNull("a.aggfinalfn")} AS final, ${functionOrNull("a.aggcombinefn")} AS combine,
           ${functionOrNull("a.aggserialfn")} AS serial, ${functionOrNull("a.aggdeserialfn")} AS deserial,
           ${functionOrNull("a.aggmtransfn")} AS "movingTransition", ${functionOrNull("a.aggminvtransfn")} AS "movingInverse",
           ${functionOrNull("a.aggmfinalfn")} AS "movingFinal",
           a.aggfinalextra AS "finalExtra", a.aggmfinalextra AS "movingFinalExtra",
           a.aggfinalmodify AS "finalModify", a.aggmfinalmodify AS "movingFinalModify",
           ${operatorName("opn", "op")} AS "sortOperator",
           pg_catalog.format_type(a.aggtranstype, NULL) AS "stateType",
           CASE WHEN a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL) END AS "movingStateType",
           a.aggtransspace AS "stateSpace", a.aggmtransspace AS "movingStateSpace",
           a.agginitval AS initial, a.aggminitval AS "movingInitial"
    FROM pg_catalog.pg_aggregate a
    JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid
    JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    LEFT JOIN pg_catalog.pg_operator op ON op.oid = a.aggsortop
    LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = op.oprnamespace
    WHERE ${IN_USER_SCHEMA}`,
};
