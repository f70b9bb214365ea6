import { expect, test } from "vitest";
import { largeObjects } from "../../../../src/ddl/kinds/large-object.ts";
import { POSTGRES, statementsOf } from "../../../support/catalog.ts";

test("each is created under its own oid", () => {
  const rows = [7, 4294967295].map((oid) => ({ oid, owner: POSTGRES, acl: null, aclDefault: [] }));
  expect(statementsOf(largeObjects, { largeObjects: rows })).toEqual([
    "SELECT pg_catalog.lo_create(7)",
    "SELECT pg_catalog.lo_create(4294967295)",
  ]);
});
