import { expect, test } from "vitest";
import { collatedCasts } from "../../../../src/sql/deparse/collated-casts.ts";

test.each([
  [
    `ROW((((lower(x) || 'a)'))::character varying(20) COLLATE "default"))::text, 1)`,
    `ROW((((lower(x) || 'a)'))::character varying(20))::text COLLATE "default"), 1)`,
  ],
  [`((x COLLATE "a ""b""".c))::text = 'y'`, `((x)::text COLLATE "a ""b""".c) = 'y'`],
  [
    `((((x COLLATE "C"))::text COLLATE "D"))::text`,
    `((((x)::text COLLATE "C"))::text COLLATE "D")`,
  ],
])("%s", (deparsed, parsedAgain) => {
  expect(collatedCasts(deparsed)).toBe(parsedAgain);
});

test.each([
  `((x COLLATE "C"))::text[]`,
  `((x COLLATE "C"))::textual`,
  `(f(x COLLATE "C"))::text`,
  `(x COLLATE "C")`,
  `'((x COLLATE "C"))::text'`,
  `((x || (y COLLATE "C")))::text`,
])("stays: %s", (sql) => {
  expect(collatedCasts(sql)).toBe(sql);
});
