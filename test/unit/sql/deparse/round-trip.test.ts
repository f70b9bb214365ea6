import { expect, test } from "vitest";
import { roundTrips } from "../../../../src/sql/deparse/round-trip.ts";

test.each([
  [
    "CHECK (((r)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[])))",
    "CHECK (((r)::text = ANY (ARRAY['a'::character varying, 'it''s'::character varying])))",
  ],
  [
    "((r)::text <> ALL ((ARRAY['a'::character varying])::text[]))",
    "((r)::text <> ALL (ARRAY['a'::character varying]))",
  ],
  ["(((x >= 0) AND (x <= 9)) AND (y > 1))", "((x BETWEEN 0 AND 9) AND (y > 1))"],
  ["((x >= (a + 1)) AND (x <= f(b, ')')))", "(x BETWEEN (a + 1) AND f(b, ')'))"],
  [
    "((t >= '2000-01-01 00:00:00'::timestamp without time zone) AND (t <= now()))",
    "(t BETWEEN '2000-01-01 00:00:00'::timestamp without time zone AND now())",
  ],
  [
    "(EXTRACT(Year FROM now()) + EXTRACT(DAY FROM d))",
    "(EXTRACT('Year' FROM now()) + EXTRACT('DAY' FROM d))",
  ],
  [
    "( ) CYCLE id SET looped TO 'it''s'::text DEFAULT 'N'::character varying USING way",
    "( ) CYCLE id SET looped TO text 'it''s' DEFAULT character varying 'N' USING way",
  ],
  [
    `( ) CYCLE id SET "TO" TO 1 DEFAULT '$&'::s."t t" USING way`,
    `( ) CYCLE id SET "TO" TO 1 DEFAULT s."t t" '$&' USING way`,
  ],
])("%s is spelled so that it parses to the same tree", (deparsed, expected) => {
  expect(roundTrips(deparsed)).toBe(expected);
});

test.each([
  "((x >= 0) AND (y <= 9))",
  "((x >= 0) AND (x <= 9) AND (y > 1))",
  "((x >= ALL (ARRAY[1])) AND (x <= ALL (ARRAY[9])))",
  "((x >= 0) OR (x <= 9))",
  "DEFAULT '((x >= 0) AND (x <= 9))'",
  "AS $f$ ((x >= 0) AND (x <= 9)) $f$",
  `"((x >= 0) AND (x <= 9))"`,
  String.raw`E'\'((x >= 0) AND (x <= 9))'`,
  "DEFAULT 'ANY ((ARRAY[''x''::character varying])::text[])'",
  "(a = ANY ((ARRAY[1, 2])::text[]))",
  "((x >= 0) AND (x <= 9",
  "EXTRACT(year FROM now())",
  "AS 'EXTRACT(YEAR FROM now())'",
  "X_EXTRACT(YEAR FROM now())",
  "( ) CYCLE id SET looped TO true DEFAULT false USING way",
  "AS 'r CYCLE id SET m TO ''Y''::text DEFAULT ''N''::text USING w'",
])("%s is left alone", (sql) => {
  expect(roundTrips(sql)).toBe(sql);
});
