import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { defaultPrivileges } from "../../../../src/ddl/kinds/default-acl.ts";
import { ALICE, contextOf, POSTGRES, SHOP, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  role: POSTGRES,
  namespace: 0,
  type: "r",
  acl: ["postgres=arwdDxt/postgres", "Alice=r*/postgres"],
  base: ["postgres=arwdDxt/postgres"],
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  [
    "granted everywhere",
    { defaultAcls: [ROW] },
    [
      `ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT SELECT ON TABLES TO "Alice" WITH GRANT OPTION`,
    ],
  ],
  [
    "in one schema",
    { defaultAcls: [{ ...ROW, namespace: SHOP, base: [], acl: ["=X/postgres"], type: "f" }] },
    ["ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA shop GRANT ALL ON FUNCTIONS TO PUBLIC"],
  ],
  [
    "taken from everybody",
    {
      defaultAcls: [
        {
          ...ROW,
          type: "T",
          base: ["=U/postgres", "postgres=U/postgres"],
          acl: ["postgres=U/postgres"],
        },
      ],
    },
    ["ALTER DEFAULT PRIVILEGES FOR ROLE postgres REVOKE ALL ON TYPES FROM PUBLIC"],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(defaultPrivileges, rows)).toEqual(statements);
});

test("names the roles, and leaves a kind that is not known uncovered", () => {
  const [object] = defaultPrivileges(contextOf({ defaultAcls: [ROW] }));
  expect(object?.roles).toEqual([POSTGRES, ALICE]);
  expect(defaultPrivileges(contextOf({ defaultAcls: [{ ...ROW, type: "?" }] }))).toEqual([]);
});
