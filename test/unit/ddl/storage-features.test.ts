import { expect, test } from "vitest";
import { storageFeatures } from "../../../src/ddl/storage-features.ts";

test.each([
  [null, []],
  [["fillfactor=70", "autovacuum_enabled=false"], []],
  [["fillfactor=70", "autovacuum_parallel_workers=2"], ["storage-parameters-19"]],
  [["log_autoanalyze_min_duration=0"], ["storage-parameters-19"]],
])("%j", (options, codes) => {
  expect(storageFeatures(options).map(({ code }) => code)).toEqual(codes);
});
