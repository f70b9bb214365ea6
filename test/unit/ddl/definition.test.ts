import { expect, test } from "vitest";
import { definition } from "../../../src/ddl/definition.ts";

test("what is null or false is left out, what is true is the bare name, zero is a value", () => {
  expect(
    definition([
      ["A", "x"],
      ["B", null],
      ["C", false],
      ["D", true],
      ["E", 0],
    ]),
  ).toBe("(\n    A = x,\n    D,\n    E = 0\n)");
});
