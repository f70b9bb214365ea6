import { describe, expect, test } from "vitest";
import type { ManifestRelation } from "../../../../src/archive/format/manifest.ts";
import {
  dataOnlyPlan,
  type DataOnlyFacts,
  type DataOnlyPlan,
} from "../../../../src/restore/decide/data-only.ts";

const relation = (name: string, columns = ["a", "B"]): ManifestRelation =>
  ({
    kind: "table",
    namespace: "public",
    name,
    columns,
    rows: 1,
    parts: [],
  }) as unknown as ManifestRelation;

function planned(selected: readonly ManifestRelation[], facts: DataOnlyFacts): DataOnlyPlan {
  const plan = dataOnlyPlan(selected, facts);
  if ("missing" in plan) throw new Error("the target lacks tables");
  return plan;
}

describe("dataOnlyPlan", () => {
  test("defers a cycle and disables triggers for the time of the load", () => {
    const plan = planned([relation("a"), relation("b")], {
      relations: [
        { oid: 1, namespace: "public", name: "a", kind: "r" },
        { oid: 2, namespace: "public", name: "b", kind: "r" },
      ],
      foreignKeys: [
        {
          oid: 5,
          name: "ab",
          table: "public.a",
          tableOid: 1,
          referenced: [2],
          parent: 0,
          deferrable: false,
        },
        {
          oid: 6,
          name: "ba",
          table: "public.b",
          tableOid: 2,
          referenced: [1],
          parent: 0,
          deferrable: true,
        },
      ],
      triggers: [{ name: "t r", table: "public.a", enabled: "A" }],
      forcedRowSecurity: ["public.a"],
      truncate: true,
    });
    expect(plan.before).toEqual([
      "ALTER TABLE public.a NO FORCE ROW LEVEL SECURITY",
      'ALTER TABLE public.a DISABLE TRIGGER "t r"',
      "TRUNCATE public.a, public.b",
      "ALTER TABLE public.a ALTER CONSTRAINT ab DEFERRABLE INITIALLY DEFERRED",
      "SET CONSTRAINTS ALL DEFERRED",
    ]);
    expect(plan.after).toEqual([
      "SET CONSTRAINTS ALL IMMEDIATE",
      "ALTER TABLE public.a ALTER CONSTRAINT ab NOT DEFERRABLE",
      'ALTER TABLE public.a ENABLE ALWAYS TRIGGER "t r"',
      "ALTER TABLE public.a FORCE ROW LEVEL SECURITY",
    ]);
  });

  test("names tables that are missing", () => {
    const facts = {
      relations: [],
      foreignKeys: [],
      triggers: [],
      forcedRowSecurity: [],
      truncate: false,
    };
    expect(dataOnlyPlan([relation("a"), relation("b")], facts)).toEqual({
      missing: ["public.a", "public.b"],
    });
  });
});
