/** Defaults of a dump that depend on other options. */
import { expect, test } from "vitest";
import { dumpSettings } from "../../../src/dump/defaults.ts";

test.each([
  [{}, "backup"],
  [{ reproducible: true }, "fixture"],
  [{ reproducible: true, purpose: "backup" }, "backup"],
  [{ purpose: "fixture" }, "fixture"],
] as const)("the purpose with %j is %s", (options, purpose) => {
  expect(dumpSettings(options).purpose).toBe(purpose);
});
