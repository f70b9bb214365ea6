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
          references: "public.b",
          referenced: [2],
          parent: 0,
          deferrable: false,
        },
        {
          oid: 6,
          name: "ba",
          table: "public.b",
          tableOid: 2,
          references: "public.a",
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

  test("says what rows refer to that gets none", () => {
    const key = (name: string, tableOid: number, referenced: number, references: string) => ({
      oid: tableOid * 10 + referenced,
      name,
      table: `public.${"abc"[tableOid - 1]!}`,
      tableOid,
      references,
      referenced: [referenced],
      parent: 0,
      deferrable: false,
    });
    const plan = planned([relation("a"), relation("b")], {
      relations: [
        { oid: 1, namespace: "public", name: "a", kind: "r" },
        { oid: 2, namespace: "public", name: "b", kind: "r" },
      ],
      foreignKeys: [
        key("ab", 1, 2, "public.b"),
        key("aa", 1, 1, "public.a"),
        key("b c", 2, 3, "public.c"),
        key("ca", 3, 1, "public.a"),
      ],
      triggers: [],
      forcedRowSecurity: [],
      truncate: false,
    });
    expect([...plan.referencesHints]).toEqual([
      [
        "public.b",
        'foreign key "b c" of table public.b refers to table public.c, whose rows are not restored: restore those of public.c, too, put them there first, or leave out those of public.b (--exclude-table-data)',
      ],
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
