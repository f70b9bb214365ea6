import { expect, test } from "vitest";
import { namespaces } from "../../../../src/ddl/kinds/namespace.ts";
import { dropPublic } from "../../../../src/ddl/public-schema.ts";
import { contextOf, membersOf, POSTGRES, statementsOf } from "../../../support/catalog.ts";

const schema = (oid: number, name: string) => ({
  oid,
  name,
  owner: POSTGRES,
  acl: null,
  aclDefault: [],
});

test("users' schemas; public is there already, PostgreSQL's own and an extension's are not written", () => {
  const rows = {
    namespaces: [
      schema(2200, "public"),
      schema(11, "pg_catalog"),
      schema(16400, "a b"),
      schema(16401, "ext"),
    ],
    members: membersOf(16500, ["namespace", 16401]),
  };
  expect(statementsOf(namespaces, rows)).toEqual(['CREATE SCHEMA "a b"']);
});

test("public is dropped where the source dropped it", () => {
  expect(statementsOf(namespaces, { namespaces: [schema(16400, "a")] })).toEqual([
    "CREATE SCHEMA a",
    dropPublic(),
  ]);
});

test("pg_database_owner, who owns public from 15 on, need not be named", () => {
  const roles = [{ oid: POSTGRES, name: "pg_database_owner" }];
  const [object] = namespaces(contextOf({ namespaces: [schema(2200, "public")], roles }));
  expect(object?.owner).toBeUndefined();
  const [other] = namespaces(contextOf({ namespaces: [schema(2200, "public")] }));
  expect(other?.owner).toBe(POSTGRES);
});
