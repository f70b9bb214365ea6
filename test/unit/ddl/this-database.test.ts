import { expect, test } from "vitest";
import { inThisDatabase } from "../../../src/ddl/this-database.ts";

test("a statement on anything else stays as it is", () => {
  expect(inThisDatabase("SELECT '%1$I'")).toBe("SELECT '%1$I'");
});
