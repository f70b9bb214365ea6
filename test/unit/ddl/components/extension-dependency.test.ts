import { expect, test } from "vitest";
import { extensionDependencies } from "../../../../src/ddl/components/extension-dependency.ts";
import { functions } from "../../../../src/ddl/kinds/function.ts";
import { contextOf, functionRow, SHOP } from "../../../support/catalog.ts";

test("ties an object to an extension, once", () => {
  const context = contextOf({
    extensions: [
      { oid: 16500, name: "My ext", namespace: SHOP, controlComment: null, configTables: [] },
    ],
    functions: [functionRow(16400, "f", {})],
    depends: [
      {
        classid: 1255,
        refclassid: 3079,
        deptype: "x",
        objids: [16400, 16400],
        refobjids: [16500, 16500],
      },
    ],
  });
  const [tie, ...others] = extensionDependencies(context, functions(context));
  expect(tie?.sql()).toEqual(['ALTER FUNCTION shop.f(a integer) DEPENDS ON EXTENSION "My ext"']);
  expect(others).toEqual([]);
});
