import { expect, test } from "vitest";
import { UsageError } from "../../../src/errors.ts";
import { addPatterns, parseFilter } from "../../../src/plan/filter-file.ts";

test("a filter file gives the patterns of each option, in order", () => {
  const text = `# a comment
include table public.users   # behind a command
include  table\t"Odd # ""name"""."b c"

exclude table_data audit_*
exclude schema "two
lines"
include extension citext
include foreign_data here`;
  expect(parseFilter(text)).toEqual({
    tables: ["public.users", '"Odd # ""name"""."b c"'],
    excludeTableData: ["audit_*"],
    excludeSchemas: ['"two\nlines"'],
    extensions: ["citext"],
    includeForeignData: ["here"],
  });
});

test("an empty file gives nothing", () => {
  expect(parseFilter("\n  # nothing\n")).toEqual({});
});

test.each([
  ["include\n", 1],
  ["\ninclude table\n", 2],
  ["include table a b", 1],
  ["\n\ninclude function f", 3],
  ['include table "open', 1],
  ["drop table a", 1],
])("%j is refused with its line", (text, line) => {
  expect(() => parseFilter(text)).toThrow(UsageError);
  expect(() => parseFilter(text)).toThrow(`line ${line} `);
});

test("patterns of the file follow those of the command line", () => {
  expect(addPatterns({ tables: ["a"] }, { tables: ["b"], schemas: ["s"] })).toEqual({
    tables: ["a", "b"],
    schemas: ["s"],
  });
});
