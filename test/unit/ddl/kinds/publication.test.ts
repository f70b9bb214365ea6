import { expect, test } from "vitest";
import { address, CATALOG } from "../../../../src/catalog/address.ts";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { publications } from "../../../../src/ddl/kinds/publication.ts";
import { contextOf, membersOf, POSTGRES, SHOP, statementsOf } from "../../../support/catalog.ts";

const ROW = {
  oid: 16400,
  name: "p",
  owner: POSTGRES,
  allTables: false,
  allSequences: false,
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
  isExcluded: false,
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
    "of all sequences",
    { publications: [{ ...ROW, allSequences: true }] },
    ["CREATE PUBLICATION p FOR ALL SEQUENCES WITH (publish = 'insert, update')"],
  ],
  [
    "of all tables but some, in a stable order, and of all sequences",
    {
      publications: [{ ...ROW, allTables: true, allSequences: true }],
      publicationRelations: [
        { ...MEMBER, isExcluded: true },
        { ...MEMBER, oid: 16411, relation: 16421, name: "a", isExcluded: true },
      ],
    },
    [
      `CREATE PUBLICATION p FOR ALL TABLES EXCEPT (TABLE ONLY shop."T 1", TABLE ONLY shop.a), ALL SEQUENCES WITH (publish = 'insert, update')`,
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

test("an exception is part of the publication, and its table comes before", () => {
  const rows = {
    publications: [{ ...ROW, allTables: true, allSequences: true, generatedColumns: "s" }],
    publicationRelations: [{ ...MEMBER, isExcluded: true }],
  };
  const [object, ...others] = publications(contextOf(rows));
  expect(others).toEqual([]);
  expect(object).toMatchObject({
    addresses: [address(CATALOG.publication, 16400), address(CATALOG.publicationRel, 16410)],
    requires: [address(CATALOG.class, 16420)],
  });
  expect(object?.features?.map(({ code, since }) => [code, since])).toEqual([
    ["published-generated-columns", 18],
    ["published-sequences", 19],
    ["publication-exceptions", 19],
  ]);
  expect(publications(contextOf({ publications: [ROW] }))[0]?.features).toBeUndefined();
});
