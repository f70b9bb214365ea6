/** What aggregates have beyond the function row that each of them also is. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import type { CatalogQuery } from "./query.ts";

export interface AggregateRow {
  /** Of the function row. */
  readonly function: number;
  /** `aggkind`: n normal, o ordered-set, h hypothetical-set. */
  readonly kind: "n" | "o" | "h";
  /** Functions are as `regproc` prints them; null for none. */
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
  /** Null without a moving form. */
  readonly movingStateType: string | null;
  /** Bytes of the state, as the planner shall guess; 0 for its own guess. */
  readonly stateSpace: number;
  readonly movingStateSpace: number;
  readonly initial: string | null;
  readonly movingInitial: string | null;
}

const FUNCTION = (column: string) => `NULLIF(a.${column}::text, '-')`;

export const aggregates: CatalogQuery<AggregateRow> = {
  sql: () => `
    SELECT p.oid AS function, a.aggkind AS kind, a.aggtransfn::text AS transition,
           ${FUNCTION("aggfinalfn")} AS final, ${FUNCTION("aggcombinefn")} AS combine,
           ${FUNCTION("aggserialfn")} AS serial, ${FUNCTION("aggdeserialfn")} AS deserial,
           ${FUNCTION("aggmtransfn")} AS "movingTransition", ${FUNCTION("aggminvtransfn")} AS "movingInverse",
           ${FUNCTION("aggmfinalfn")} AS "movingFinal",
           a.aggfinalextra AS "finalExtra", a.aggmfinalextra AS "movingFinalExtra",
           a.aggfinalmodify AS "finalModify", a.aggmfinalmodify AS "movingFinalModify",
           'OPERATOR(' || pg_catalog.quote_ident(opn.nspname) || '.' || op.oprname || ')' AS "sortOperator",
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
