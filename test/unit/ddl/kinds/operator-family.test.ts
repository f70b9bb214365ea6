import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import {
  operatorClasses,
  operatorFamilies,
  operatorFamilyMembers,
} from "../../../../src/ddl/kinds/operator-class.ts";
import { membersOf, PG_CATALOG, POSTGRES, SHOP, statementsOf } from "../../../support/catalog.ts";

const FAMILY = {
  oid: 16400,
  name: "f",
  namespace: SHOP,
  owner: POSTGRES,
  accessMethod: "btree",
};
const MEMBER = {
  oid: 16410,
  catalog: "amop",
  class: 0,
  family: 16400,
  familyNamespace: SHOP,
  familyName: "f",
  accessMethod: "btree",
  number: 1,
  left: "integer",
  right: "bigint",
  memberOid: 16420,
  member: "shop.<(integer, bigint)",
  sortFamily: null,
} as const;
const all = (context: Parameters<typeof operatorFamilies>[0]) => [
  ...operatorFamilies(context),
  ...operatorClasses(context),
  ...operatorFamilyMembers(context),
];

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  ["a family", { operatorFamilies: [FAMILY] }, ["CREATE OPERATOR FAMILY shop.f USING btree"]],
  [
    "a family with members of its own",
    {
      operatorFamilies: [FAMILY],
      operatorMembers: [
        MEMBER,
        { ...MEMBER, oid: 16411, catalog: "amproc", member: "shop.cmp(integer, bigint)" },
        { ...MEMBER, oid: 16412, number: 15, sortFamily: "pg_catalog.float_ops" },
      ],
    },
    [
      "CREATE OPERATOR FAMILY shop.f USING btree",
      `ALTER OPERATOR FAMILY shop.f USING btree ADD
    OPERATOR 1 shop.<(integer, bigint),
    FUNCTION 1 (integer, bigint) shop.cmp(integer, bigint),
    OPERATOR 15 shop.<(integer, bigint) FOR ORDER BY pg_catalog.float_ops`,
    ],
  ],
  [
    "users' members of PostgreSQL's families, and not an extension's",
    {
      operatorMembers: [
        { ...MEMBER, family: 1976, familyNamespace: PG_CATALOG, familyName: "integer_ops" },
        { ...MEMBER, oid: 16411, family: 1976, memberOid: 97 },
        { ...MEMBER, oid: 16412, family: 1976, memberOid: 16421 },
      ],
      members: membersOf(16500, ["operator", 16421]),
    },
    [
      "ALTER OPERATOR FAMILY pg_catalog.integer_ops USING btree ADD\n    OPERATOR 1 shop.<(integer, bigint)",
    ],
  ],
  [
    "a class with its members",
    {
      operatorClasses: [
        {
          ...FAMILY,
          oid: 16401,
          name: "c",
          family: "shop.f",
          inputType: "integer",
          storedType: null,
          isDefault: true,
        },
      ],
      operatorMembers: [{ ...MEMBER, class: 16401 }],
    },
    [
      "CREATE OPERATOR CLASS shop.c\n    DEFAULT FOR TYPE integer USING btree FAMILY shop.f AS\n    OPERATOR 1 shop.<(integer, bigint)",
    ],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(all, rows)).toEqual(statements);
});
