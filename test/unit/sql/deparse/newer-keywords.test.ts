import { describe, expect, test } from "vitest";
import {
  mayHoldName,
  newerKeywords,
  quoteNewerKeywords,
} from "../../../../src/sql/deparse/newer-keywords.ts";
import { KEYWORDS } from "../../../../src/sql/keywords.ts";

const words = new Set(["json", "system_user", "merge_action"]);

test("newer keywords are those that the server does not have", () => {
  const older = [...KEYWORDS].filter((word) => !words.has(word));
  expect(newerKeywords(older)).toEqual(words);
  expect(newerKeywords(KEYWORDS).size).toBe(0);
  expect(mayHoldName(newerKeywords(KEYWORDS))).toBeUndefined();
});

test("looks for the words alone, not for parts of names, quoted names and the type json", () => {
  const mayHold = mayHoldName(words)!;
  for (const text of ["lower(system_user)", "json", "t.json", "(json > 0)", "f(json json)"])
    expect(mayHold(text), text).toBe(true);
  for (const text of ["jsonb", "my_json", 'lower("system_user")', "'{}'::json", "json_x"])
    expect(mayHold(text), text).toBe(false);
});

describe("quotes names that became keywords, and nothing else", () => {
  test.each([
    ["lower(system_user)", 'lower("system_user")', 'lower("system_user")'],
    ["SELECT t.json AS a", 'SELECT "t"."json" AS "a"', 'SELECT t."json" AS a'],
    ["'{}'::json", `'{}'::"json"`, "'{}'::json"],
    // A string is no name, also where it holds names.
    ["'system_user'::regclass", `'"system_user"'::"regclass"`, "'system_user'::regclass"],
    ['"A b".json', '"A b"."json"', '"A b"."json"'],
    ["json.json", '"json"."json"', '"json"."json"'],
    ["E'\\'json'::text || json", `E'\\'json'::"text" || "json"`, `E'\\'json'::text || "json"`],
  ])("%s", (plain, quoted, expected) => {
    expect(quoteNewerKeywords(plain, quoted, { words, isTypes: false })).toBe(expected);
  });

  test.each([
    ["json json, b integer", '"json" "json", "b" integer', '"json" json, b integer'],
    ["json, text", '"json", "text"', "json, text"],
    ["json json.json", '"json" "json"."json"', '"json" "json"."json"'],
    ["json[]", '"json"[]', "json[]"],
  ])("of arguments: %s", (plain, quoted, expected) => {
    expect(quoteNewerKeywords(plain, quoted, { words, isTypes: true })).toBe(expected);
  });
});

test("refuses texts that differ in more than quotes", () => {
  for (const [plain, quoted] of [
    ["a + 1", '"a" + 2'],
    ["a", '"b"'],
    ["a", '"a" '],
    ["'x'", "x"],
  ] as const)
    expect(quoteNewerKeywords(plain, quoted, { words, isTypes: false })).toBeUndefined();
});
