import { expect, test } from "vitest";
import { shellTypes } from "../../../../src/ddl/kinds/type.ts";
import { contextOf, PUBLIC, statementsOf, typeRow } from "../../../support/catalog.ts";

test("types that were never defined are written as shells", () => {
  const types = [typeRow(16400, "later", "s"), { ...typeRow(16402, "l", "s"), namespace: PUBLIC }];
  expect(statementsOf(shellTypes, { types })).toEqual([
    "CREATE TYPE shop.later",
    "CREATE TYPE public.l",
  ]);
  expect(shellTypes(contextOf({ types }))[0]?.kind).toBe("shell-type");
});
