import { expect, test } from "vitest";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { databaseProperties } from "../../../../src/ddl/kinds/database.ts";
import {
  ALICE,
  contextOf,
  type ContextOptions,
  POSTGRES,
  statementsOf,
} from "../../../support/catalog.ts";

const ROW = {
  oid: 5,
  name: "sample",
  owner: POSTGRES,
  acl: null,
  aclDefault: [],
  connectionLimit: -1,
  isTemplate: false,
  encoding: "UTF8",
  collate: "C",
  ctype: "C",
  localeProvider: "c",
  locale: null,
  icuRules: null,
  collationVersion: null,
};
const IN_DATABASE = "pg_catalog.current_database()";

test("nothing unless it is asked for", () => {
  expect(statementsOf(databaseProperties, { databaseProperties: [ROW] })).toEqual([]);
});

test("limit, template and settings, of whatever name the database has on the target", () => {
  const rows: Partial<Catalog> = {
    databaseProperties: [{ ...ROW, connectionLimit: 7, isTemplate: true }],
    databaseSettings: [
      { role: ALICE, settings: ["work_mem=4MB"] },
      { role: 0, settings: ["search_path=shop, public", "timezone=UTC"] },
    ],
  };
  const options: ContextOptions = { databaseProperties: true };
  const statements = statementsOf(databaseProperties, rows, options);
  expect(statements).toHaveLength(5);
  for (const statement of statements) expect(statement).toContain(IN_DATABASE);
  expect(statements[0]).toContain("CONNECTION LIMIT 7");
  expect(statements[1]).toContain("IS_TEMPLATE true");
  expect(statements.join("\n")).toContain("SET search_path TO");
  expect(statements.join("\n")).toContain('ROLE "Alice" IN');
});

test.each([
  [19, "SET search_path TO NULL", ["empty-setting-list"]],
  [18, "SET search_path TO ''", undefined],
])("an empty list of PostgreSQL %i", (major, text, codes) => {
  const rows: Partial<Catalog> = {
    databaseProperties: [ROW],
    databaseSettings: [{ role: 0, settings: ["search_path="] }],
  };
  const [object] = databaseProperties(contextOf(rows, { databaseProperties: true, major }));
  expect(object?.sql().join().replaceAll("''", "'")).toContain(text.replaceAll("''", "'"));
  expect(object?.features?.map(({ code }) => code)).toEqual(codes);
});
