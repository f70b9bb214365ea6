import { expect, test } from "vitest";
import { indexCost } from "../../../src/swap/schedule/index-cost.ts";

const cost = (accessMethod: string | null, statement: string): number =>
  indexCost({ accessMethod, statements: [statement] }, 100);

test("a B-tree takes as long as it has columns", () => {
  expect(cost("btree", "CREATE INDEX i ON public.t USING btree (a)")).toBe(100);
  expect(
    cost(
      "btree",
      `CREATE UNIQUE INDEX "i(,)" ON public."t,(" USING btree (f(a, b), ((c ->> ','::text)), d DESC) INCLUDE (e, g) WHERE (h = ANY (ARRAY[1, 2]))`,
    ),
  ).toBe(300);
  expect(
    cost("btree", "ALTER TABLE ONLY public.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (a, b)"),
  ).toBe(200);
});

test("another index takes as long as its method, however many columns it has", () => {
  expect(cost("gin", "CREATE INDEX i ON public.t USING gin (a, b)")).toBe(400);
  expect(cost("brin", "CREATE INDEX i ON public.t USING brin (a)")).toBe(30);
  expect(cost("bloom", "CREATE INDEX i ON public.t USING bloom (a, b)")).toBe(100);
  expect(cost(null, "")).toBe(100);
});
