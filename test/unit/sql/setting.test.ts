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

test.each([
  ["search_path=", 18, "search_path TO ''"],
  ["search_path=", 19, "search_path TO NULL"],
  ["Session_Preload_Libraries=", 19, `"Session_Preload_Libraries" TO NULL`],
  // A list of one empty name, and no list at all.
  ['search_path=""', 19, "search_path TO ''"],
  ["my.setting=", 19, `"my.setting" TO ''`],
])("%s for PostgreSQL %i", (config, major, sql) => {
  expect(setting(config, major)).toBe(sql);
});
