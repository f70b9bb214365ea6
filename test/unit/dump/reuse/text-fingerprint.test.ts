/** What the fingerprint of a table covers: everything that the text of its rows depends on. */
import { describe, expect, test } from "vitest";
import type { ColumnFacts, TypeFacts } from "../../../../src/dump/reuse/table-facts.ts";
import { textFingerprint } from "../../../../src/dump/reuse/text-fingerprint.ts";

const INT = 23;
const type = (oid: number, more: Partial<TypeFacts> = {}): TypeFacts => ({
  oid,
  kind: "b",
  parts: [],
  output: "int4out",
  isOutputBuiltIn: true,
  volatility: "i",
  extension: null,
  details: ["1", ","],
  ...more,
});
const TEXT = { encoding: "UTF8", settings: [["timezone", "UTC"]] as const };

function fingerprint(
  columns: readonly ColumnFacts[],
  types: readonly TypeFacts[] = [type(INT)],
  text: Parameters<typeof textFingerprint>[2] = TEXT,
): string | null {
  return textFingerprint({ columns }, new Map(types.map((each) => [each.oid, each])), text);
}

const COLUMN: ColumnFacts = [1, INT, -1, false, null];

describe("the fingerprint changes with", () => {
  const same = fingerprint([COLUMN]);
  test.each<[string, string | null]>([
    ["a column's number", fingerprint([[2, INT, -1, false, null]])],
    ["a type modifier", fingerprint([[1, INT, 5, false, null]])],
    ["a missing value", fingerprint([[1, INT, -1, true, "{7}"]])],
    ["another column", fingerprint([COLUMN, [2, INT, -1, false, null]])],
    ["the details of a type", fingerprint([COLUMN], [type(INT, { details: ["2", ","] })])],
    ["the encoding", fingerprint([COLUMN], undefined, { ...TEXT, encoding: "LATIN1" })],
    ["a setting", fingerprint([COLUMN], undefined, { ...TEXT, settings: [["timezone", "GMT"]] })],
    [
      "a type inside of a type",
      fingerprint([COLUMN], [type(INT, { parts: [99] }), type(99, { kind: "e" })]),
    ],
  ])("%s", (_what, changed) => {
    expect(changed).toMatch(/^[0-9a-f]{64}$/);
    expect(changed).not.toBe(same);
  });
});

test("types that values do not consist of change nothing", () => {
  expect(fingerprint([COLUMN], [type(INT), type(99)])).toBe(fingerprint([COLUMN]));
});

test("types that refer to each other end", () => {
  const types = [type(INT, { parts: [99] }), type(99, { kind: "c", parts: [INT] })];
  expect(fingerprint([COLUMN], types)).not.toBeNull();
});

describe("a table is read whole", () => {
  test.each<[string, Partial<TypeFacts>]>([
    ["with regclass", { volatility: "s", output: "regclassout" }],
    ["with a pseudo-type", { kind: "p" }],
    ["with somebody's base type", { isOutputBuiltIn: false }],
    [
      "with an extension's type that looks something up",
      { isOutputBuiltIn: false, extension: "x 1.0", volatility: "s" },
    ],
    [
      "with a function that has the name of PostgreSQL's",
      { isOutputBuiltIn: false, extension: "x 1.0", volatility: "s", output: "date_out" },
    ],
  ])("%s", (_what, facts) => {
    expect(fingerprint([COLUMN], [type(INT, facts)])).toBeNull();
    // In an array or a composite type too.
    const nested = [type(INT, { parts: [99] }), type(99, facts)];
    expect(fingerprint([COLUMN], nested)).toBeNull();
  });

  test("with a type that the catalogs do not have", () => {
    expect(fingerprint([COLUMN], [])).toBeNull();
  });
});

test.each<[string, Partial<TypeFacts>]>([
  ["timestamp with time zone", { volatility: "s", output: "timestamptz_out" }],
  ["arrays", { volatility: "s", output: "array_out" }],
  ["an enum", { kind: "e", volatility: "s", output: "enum_out" }],
  ["an extension's type", { isOutputBuiltIn: false, extension: "hstore 1.8" }],
])("%s is reused", (_what, facts) => {
  expect(fingerprint([COLUMN], [type(INT, facts)])).not.toBeNull();
});
