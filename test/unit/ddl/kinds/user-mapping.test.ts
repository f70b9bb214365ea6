import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { userMappings } from "../../../../src/ddl/kinds/user-mapping.ts";
import {
  ALICE,
  contextOf,
  type ContextOptions,
  membersOf,
  statementsOf,
} from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  server: 16410,
  serverName: "far",
  user: ALICE,
  options: ["user=u", "password=s3cret"],
};

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  [
    "without its options",
    { userMappings: [ROW, { ...ROW, oid: 16401, user: 0 }] },
    [`CREATE USER MAPPING FOR "Alice" SERVER far`, "CREATE USER MAPPING FOR PUBLIC SERVER far"],
  ],
  [
    "with them where they are asked for",
    { userMappings: [ROW] },
    [`CREATE USER MAPPING FOR "Alice" SERVER far OPTIONS ("user" 'u', password 's3cret')`],
    { userMappingSecrets: true },
  ],
  [
    "an extension's comes with it",
    { userMappings: [ROW], members: membersOf(16500, ["userMapping", 16400]) },
    [],
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(userMappings, rows, options)).toEqual(statements);
});

test("says that options were left out, and never which", () => {
  const [object] = userMappings(contextOf({ userMappings: [ROW] }));
  expect(object?.warnings?.map(({ code }) => code)).toEqual(["user-mapping-options"]);
  expect(JSON.stringify(object?.warnings)).not.toContain("s3cret");
  expect(object?.roles).toEqual([ALICE]);
});
