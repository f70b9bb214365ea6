import { expect, test } from "vitest";
import { address, CATALOG } from "../../../../src/catalog/address.ts";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { views } from "../../../../src/ddl/kinds/view.ts";
import {
  columnRow,
  contextOf,
  type ContextOptions,
  statementsOf,
  tableRow,
} from "../../../support/catalog.ts";

const rule = (oid: number, relation: number) => ({
  oid,
  name: "_RETURN",
  relation,
  definition: null,
  enabled: "O" as const,
  isViewQuery: true,
  readsItself: false,
});
const VIEW = tableRow(16400, "v", { kind: "v", definition: " SELECT 1 AS a;" });
const RULES = { rules: [rule(16410, 16400)], columns: [columnRow(16400, 1, "a")] };
const MATERIALIZED = tableRow(16400, "m", { kind: "m", definition: " SELECT 1 AS a;" });

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  ["a view", { ...RULES, relations: [VIEW] }, ["CREATE VIEW shop.v AS\n SELECT 1 AS a"]],
  [
    "with options, of which check_option is a clause",
    {
      ...RULES,
      relations: [{ ...VIEW, options: ["security_barrier=true", "check_option=local"] }],
    },
    [
      "CREATE VIEW shop.v WITH (security_barrier='true') AS\n SELECT 1 AS a\n  WITH LOCAL CHECK OPTION",
    ],
  ],
  [
    "in a dependency cycle: an empty one first, its query later",
    {
      relations: [VIEW],
      rules: RULES.rules,
      columns: [
        columnRow(16400, 1, "a"),
        columnRow(16400, 2, "B", { type: "text", collation: 'pg_catalog."C"' }),
      ],
    },
    [
      `CREATE VIEW shop.v AS\nSELECT\n    NULL::integer AS a,\n    NULL::text COLLATE pg_catalog."C" AS "B"`,
      "CREATE OR REPLACE VIEW shop.v AS\n SELECT 1 AS a",
    ],
    { separate: [address(CATALOG.rewrite, 16410)] },
  ],
  [
    "a materialized view, filled later",
    {
      ...RULES,
      relations: [
        {
          ...MATERIALIZED,
          accessMethod: "zheap",
          options: ["fillfactor=70"],
          toastOptions: ["autovacuum_enabled=false"],
          tablespace: "fast",
        },
      ],
      columns: [columnRow(16400, 1, "a", { statisticsTarget: 5 })],
    },
    [
      "CREATE MATERIALIZED VIEW shop.m USING zheap WITH (fillfactor=70, toast.autovacuum_enabled='false') TABLESPACE fast AS\n SELECT 1 AS a\n  WITH NO DATA",
      "ALTER MATERIALIZED VIEW shop.m ALTER COLUMN a SET STATISTICS 5",
    ],
  ],
  [
    "method and tablespace left out",
    { ...RULES, relations: [{ ...MATERIALIZED, accessMethod: "zheap", tablespace: "fast" }] },
    ["CREATE MATERIALIZED VIEW shop.m AS\n SELECT 1 AS a\n  WITH NO DATA"],
    { noTableAccessMethod: true, noTablespaces: true },
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(views, rows, options)).toEqual(statements);
});

test("warns of a view whose function returns more columns than it knows", () => {
  const rows = { ...RULES, relations: [VIEW], staleColumnLists: [{ relation: 16400 }] };
  expect(views(contextOf(rows))[0]?.warnings?.map(({ code }) => code)).toEqual([
    "stale-column-list",
  ]);
});
