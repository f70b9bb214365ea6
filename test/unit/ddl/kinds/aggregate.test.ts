import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { aggregates } from "../../../../src/ddl/kinds/aggregate.ts";
import { aggregateRow, contextOf, functionRow, statementsOf } from "../../../support/catalog.ts";

const FUNCTION = functionRow(16400, "total", { kind: "a", language: "internal" });

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  [
    "the least there is",
    { functions: [FUNCTION], aggregates: [aggregateRow(16400)] },
    [
      "CREATE AGGREGATE shop.total(a integer) (\n    SFUNC = pg_catalog.int4pl,\n    STYPE = integer\n)",
    ],
  ],
  [
    "everything",
    {
      functions: [{ ...FUNCTION, arguments: "", parallel: "s" }],
      aggregates: [
        aggregateRow(16400, {
          stateSpace: 64,
          final: "shop.f",
          finalExtra: true,
          finalModify: "w",
          combine: "shop.c",
          serial: "shop.s",
          deserial: "shop.d",
          initial: "it's 0",
          movingTransition: "shop.m",
          movingInverse: "shop.i",
          movingStateType: "bigint",
          movingStateSpace: 8,
          movingFinal: "shop.mf",
          movingFinalExtra: true,
          movingFinalModify: "s",
          movingInitial: "1",
          sortOperator: "OPERATOR(pg_catalog.<)",
        }),
      ],
    },
    [
      `CREATE AGGREGATE shop.total(*) (
    SFUNC = pg_catalog.int4pl,
    STYPE = integer,
    SSPACE = 64,
    FINALFUNC = shop.f,
    FINALFUNC_EXTRA,
    FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = shop.c,
    SERIALFUNC = shop.s,
    DESERIALFUNC = shop.d,
    INITCOND = 'it''s 0',
    MSFUNC = shop.m,
    MINVFUNC = shop.i,
    MSTYPE = bigint,
    MSSPACE = 8,
    MFINALFUNC = shop.mf,
    MFINALFUNC_EXTRA,
    MFINALFUNC_MODIFY = SHAREABLE,
    MINITCOND = '1',
    SORTOP = OPERATOR(pg_catalog.<),
    PARALLEL = SAFE
)`,
    ],
  ],
  [
    "a hypothetical set modifies its state unless it says otherwise",
    {
      functions: [FUNCTION],
      aggregates: [aggregateRow(16400, { kind: "h", final: "shop.f", finalModify: "w" })],
    },
    [
      "CREATE AGGREGATE shop.total(a integer) (\n    SFUNC = pg_catalog.int4pl,\n    STYPE = integer,\n    FINALFUNC = shop.f,\n    HYPOTHETICAL\n)",
    ],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(aggregates, rows)).toEqual(statements);
});

test.each([
  [19, true],
  [18, false],
])("a planner support function in PostgreSQL %i: %j", (major, isWritten) => {
  const rows = {
    functions: [{ ...FUNCTION, support: "shop.planner" }],
    aggregates: [aggregateRow(16400)],
  };
  const [object] = aggregates(contextOf(rows, { major }));
  expect(object?.sql()[0]?.includes(",\n    SUPPORT = shop.planner\n)")).toBe(isWritten);
  expect(object?.features?.map(({ code }) => code)).toEqual(
    isWritten ? ["aggregate-support"] : undefined,
  );
});
