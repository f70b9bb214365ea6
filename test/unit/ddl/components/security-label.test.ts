import { expect, test } from "vitest";
import { securityLabels } from "../../../../src/ddl/components/security-label.ts";
import { tables } from "../../../../src/ddl/kinds/table.ts";
import { columnRow, contextOf, tableRow } from "../../../support/catalog.ts";

const label = (objoid: number, objsubid: number) => ({
  classoid: 1259,
  objoid,
  objsubid,
  provider: "Sepg",
  label: "it's secret",
});

test("of objects and columns that are dumped, for each provider", () => {
  const context = contextOf({
    relations: [tableRow(16400, "t")],
    columns: [columnRow(16400, 1, "a")],
    securityLabels: [label(16400, 0), label(16400, 1), label(16400, 7), label(99999, 0)],
  });
  expect(securityLabels(context, tables(context)).flatMap(({ sql }) => sql())).toEqual([
    `SECURITY LABEL FOR "Sepg" ON TABLE shop.t IS 'it''s secret'`,
    `SECURITY LABEL FOR "Sepg" ON COLUMN shop.t.a IS 'it''s secret'`,
  ]);
});
