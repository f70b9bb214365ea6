/** CREATE AGGREGATE. */
import type { AggregateRow } from "../../catalog/aggregate.ts";
import type { FunctionRow } from "../../catalog/function.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import { definition } from "../definition.ts";
import { PARALLEL } from "./function.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { dumpableRows, schemaObject, sqlName } from "../schema-object.ts";
import { FEATURE } from "../server-features.ts";

const MODIFY = { r: "READ_ONLY", s: "SHAREABLE", w: "READ_WRITE" } as const;

/** Before, no statement gave an aggregate a planner support function. */
const SUPPORT_SINCE = 19;

export function aggregates(context: DdlContext): DumpableObject[] {
  const byFunction = new Map(context.catalog.aggregates.map((row) => [row.function, row]));
  const hasSupport = context.catalog.version.major >= SUPPORT_SINCE;
  const rows = context.catalog.functions
    .filter((row) => row.kind === "a")
    .map((row) => (hasSupport ? row : { ...row, support: null }));
  return dumpableRows(context, "proc", rows).map((row) => {
    const name = sqlName(context, row);
    return {
      ...schemaObject(context, "proc", "aggregate", row),
      name: `${row.name}(${row.argumentTypes === "" ? "*" : row.argumentTypes})`,
      sql: () => [createAggregate(name, row, byFunction.get(row.oid)!)],
      target: `AGGREGATE ${name}(${row.identityArguments === "" ? "*" : row.identityArguments})`,
      features: row.support === null ? undefined : [FEATURE.aggregateSupport],
      owner: row.owner,
      // There is no GRANT … ON AGGREGATE, and GRANT … ON FUNCTION accepts neither `*` nor ORDER BY.
      privileges: {
        kind: "FUNCTION",
        on: `FUNCTION ${name}(${row.argumentTypes})`,
        acl: row.acl,
        aclDefault: row.aclDefault,
      },
    };
  });
}

function createAggregate(name: string, row: FunctionRow, aggregate: AggregateRow): string {
  const modify = aggregate.kind === "n" ? "r" : "w";
  const header = `CREATE AGGREGATE ${name}(${row.arguments === "" ? "*" : row.arguments})`;
  return `${header} ${definition([
    ["SFUNC", aggregate.transition],
    ["STYPE", aggregate.stateType],
    ["SSPACE", aggregate.stateSpace === 0 ? null : aggregate.stateSpace],
    ["FINALFUNC", aggregate.final],
    ["FINALFUNC_EXTRA", aggregate.finalExtra],
    [
      "FINALFUNC_MODIFY",
      aggregate.final === null || aggregate.finalModify === modify
        ? null
        : MODIFY[aggregate.finalModify],
    ],
    ["COMBINEFUNC", aggregate.combine],
    ["SERIALFUNC", aggregate.serial],
    ["DESERIALFUNC", aggregate.deserial],
    ["INITCOND", aggregate.initial === null ? null : quoteLiteral(aggregate.initial)],
    ["MSFUNC", aggregate.movingTransition],
    ["MINVFUNC", aggregate.movingInverse],
    ["MSTYPE", aggregate.movingStateType],
    ["MSSPACE", aggregate.movingStateSpace === 0 ? null : aggregate.movingStateSpace],
    ["MFINALFUNC", aggregate.movingFinal],
    ["MFINALFUNC_EXTRA", aggregate.movingFinalExtra],
    [
      "MFINALFUNC_MODIFY",
      aggregate.movingFinal === null || aggregate.movingFinalModify === modify
        ? null
        : MODIFY[aggregate.movingFinalModify],
    ],
    ["MINITCOND", aggregate.movingInitial === null ? null : quoteLiteral(aggregate.movingInitial)],
    ["SORTOP", aggregate.sortOperator],
    ["HYPOTHETICAL", aggregate.kind === "h"],
    ["SUPPORT", row.support],
    ["PARALLEL", row.parallel === "u" ? null : PARALLEL[row.parallel]],
  ])}`;
}
