import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { publications } from "../../../../src/ddl/kinds/publication.ts";
import { membersOf, POSTGRES, SHOP, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  name: "p",
  owner: POSTGRES,
  allTables: false,
  operations: ["insert", "update"],
  viaRoot: false,
  generatedColumns: null,
};
const MEMBER = {
  oid: 16410,
  publication: 16400,
  relation: 16420,
  namespace: "shop",
  name: "T 1",
  columns: null,
  filter: null,
};
const CREATE = "CREATE PUBLICATION p WITH (publish = 'insert, update')";

type Case = [what: string, rows: Partial<Catalog>, statements: string[]];

test.each<Case>([
  ["of nothing yet", { publications: [ROW] }, [CREATE]],
  [
    "of all tables, with every option",
    { publications: [{ ...ROW, allTables: true, viaRoot: true, generatedColumns: "s" }] },
    [
      "CREATE PUBLICATION p FOR ALL TABLES WITH (publish = 'insert, update', publish_via_partition_root = true, publish_generated_columns = stored)",
    ],
  ],
  [
    "tables, with columns and a row filter",
    {
      publications: [ROW],
      publicationRelations: [
        MEMBER,
        { ...MEMBER, oid: 16411, columns: ["a", "B"], filter: "(a > 0)" },
      ],
    },
    [
      CREATE,
      `ALTER PUBLICATION p ADD TABLE ONLY shop."T 1"`,
      `ALTER PUBLICATION p ADD TABLE ONLY shop."T 1" (a, "B") WHERE ((a > 0))`,
    ],
  ],
  [
    "schemas",
    {
      publications: [ROW],
      publicationSchemas: [{ oid: 16410, publication: 16400, namespace: SHOP }],
    },
    [CREATE, "ALTER PUBLICATION p ADD TABLES IN SCHEMA shop"],
  ],
  [
    "an extension's comes with it, and so do its tables",
    {
      publications: [ROW],
      publicationRelations: [MEMBER],
      members: membersOf(16500, ["publication", 16400]),
    },
    [],
  ],
])("%s", (_what, rows, statements) => {
  expect(statementsOf(publications, rows)).toEqual(statements);
});
