import { describe, expect, test } from "vitest";
import { type SelectListOptions, selectLists } from "../../../../src/dump/rows/select-list.ts";
import { UsageError } from "../../../../src/errors.ts";
import type { DataRelation } from "../../../../src/plan/data-relations.ts";

const relations = [
  ["public", "users", ["id", "email", "Odd.Name"]],
  ["public", "logs", ["id"]],
  ["other", "users", ["id", "email"]],
].map(
  ([namespace, name, columns], oid) =>
    ({ oid, namespace, name, columns }) as unknown as DataRelation,
);

const PARENTS = [
  { namespace: "public", name: "whole", isPartitioned: true, below: new Set([1, 2]) },
  { namespace: "public", name: "users", isPartitioned: false, below: new Set([2]) },
];

function lists(
  where: Record<string, string>,
  mask: Record<string, string>,
  parents: SelectListOptions["parents"] = [],
): unknown[] {
  const options = { parents, where, mask, searchPath: ["public"] };
  return selectLists(relations, options).map((one) => [
    one.relation.namespace + "." + one.relation.name,
    one.where,
    Object.fromEntries(one.masks),
  ]);
}

describe("selectLists", () => {
  test("finds relations by pattern, bare names on the search path alone", () => {
    expect(
      lists({ users: "x", "other.*": "y" }, { "Users.EMAIL": "m", 'public.users."Odd.Name"': "n" }),
    ).toEqual([
      ["public.users", "x", { email: "m", "Odd.Name": "n" }],
      ["public.logs", null, {}],
      ["other.users", "y", {}],
    ]);
    expect(lists({ "*.*": "z" }, { "*.*.id": "0" })).toEqual([
      ["public.users", "z", { id: "0" }],
      ["public.logs", "z", { id: "0" }],
      ["other.users", "z", { id: "0" }],
    ]);
  });

  test("takes a partitioned table for its partitions, and heirs along for masks alone", () => {
    expect(lists({ whole: "x" }, { "users.id": "m" }, PARENTS)).toEqual([
      ["public.users", null, { id: "m" }],
      ["public.logs", "x", {}],
      ["other.users", "x", { id: "m" }],
    ]);
    expect(() => lists({ whole: "x", logs: "y" }, {}, PARENTS)).toThrow("two conditions");
    expect(() => lists({ absent: "x" }, {}, PARENTS)).toThrow("fits no table");
  });

  test.each([
    [{ absent: "x" }, {}],
    [{ users: "x", "public.users": "y" }, {}],
    [{}, { "users.absent": "x" }],
    [{}, { "users.email": "x", "public.users.email": "y" }],
    [{}, { users: "x" }],
    [{}, { "logs.email": "x" }],
  ])("refuses %j %j", (where, mask) => {
    expect(() => lists(where as Record<string, string>, mask as Record<string, string>)).toThrow(
      UsageError,
    );
  });
});
