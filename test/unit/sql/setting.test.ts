import { expect, test } from "vitest";
import { setting } from "../../../src/sql/setting.ts";

test.each([
  ["work_mem=64MB", "work_mem TO '64MB'"],
  ['search_path="$user", public', "search_path TO '$user', 'public'"],
  ['search_path="a ""b""", "c, d", e', `search_path TO 'a "b"', 'c, d', 'e'`],
  ['search_path=""', "search_path TO ''"],
  ["search_path=", "search_path TO ''"],
  ['temp_tablespaces="it\'s"', "temp_tablespaces TO 'it''s'"],
  // Not a list of names: one value, commas and all.
  ["DateStyle=ISO, DMY", `"DateStyle" TO 'ISO, DMY'`],
  ["my.setting=a=b 'c' \\", `"my.setting" TO 'a=b ''c'' \\'`],
])("%s", (config, sql) => {
  expect(setting(config)).toBe(sql);
});
