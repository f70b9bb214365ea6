import { expect, test } from "vitest";
import {
  textSearchConfigurations,
  textSearchDictionaries,
  textSearchParsers,
  textSearchTemplates,
} from "../../../../src/ddl/kinds/text-search.ts";
import { POSTGRES, SHOP, statementsOf } from "../../../support/catalog.ts";

const NAMED = { oid: 16400, name: "x", namespace: SHOP };

type Case = [what: string, statements: string[], expected: string[]];

test.each<Case>([
  [
    "a parser",
    statementsOf(textSearchParsers, {
      textSearchParsers: [
        { ...NAMED, start: "s", getToken: "g", end: "e", headline: "h", lexTypes: "l" },
      ],
    }),
    [
      "CREATE TEXT SEARCH PARSER shop.x (\n    START = s,\n    GETTOKEN = g,\n    END = e,\n    HEADLINE = h,\n    LEXTYPES = l\n)",
    ],
  ],
  [
    "a template without an init function",
    statementsOf(textSearchTemplates, {
      textSearchTemplates: [{ ...NAMED, init: null, lexize: "l" }],
    }),
    ["CREATE TEXT SEARCH TEMPLATE shop.x (\n    LEXIZE = l\n)"],
  ],
  [
    "dictionaries with and without options",
    statementsOf(textSearchDictionaries, {
      textSearchDictionaries: [
        { ...NAMED, owner: POSTGRES, template: "pg_catalog.simple", options: null },
        { ...NAMED, name: "y", owner: POSTGRES, template: "t", options: "language = 'german'" },
      ],
    }),
    [
      "CREATE TEXT SEARCH DICTIONARY shop.x (\n    TEMPLATE = pg_catalog.simple\n)",
      "CREATE TEXT SEARCH DICTIONARY shop.y (\n    TEMPLATE = t,\n    language = 'german'\n)",
    ],
  ],
  [
    "a configuration with its mappings",
    statementsOf(textSearchConfigurations, {
      textSearchConfigurations: [{ ...NAMED, owner: POSTGRES, parser: 'pg_catalog."default"' }],
      textSearchMappings: [
        { configuration: 16400, token: "word", dictionaries: ["shop.x", "shop.y"] },
        { configuration: 16999, token: "word", dictionaries: ["shop.x"] },
      ],
    }),
    [
      `CREATE TEXT SEARCH CONFIGURATION shop.x (\n    PARSER = pg_catalog."default"\n)`,
      "ALTER TEXT SEARCH CONFIGURATION shop.x\n    ADD MAPPING FOR word WITH shop.x, shop.y",
    ],
  ],
])("%s", (_what, statements, expected) => {
  expect(statements).toEqual(expected);
});
