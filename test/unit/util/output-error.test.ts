import { expect, test } from "vitest";
import { OutputError } from "../../../src/errors.ts";
import { outputError } from "../../../src/util/output-error.ts";

test("errors of ours pass, others say what could not be written and why", () => {
  const own = new OutputError("x");
  expect(outputError(own, "f")).toBe(own);
  expect(outputError(Object.assign(new Error("odd"), { code: "EODD" }), "f").message).toBe(
    "cannot write f: odd",
  );
});
