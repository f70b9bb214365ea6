import { expect, test } from "vitest";
import { address, CATALOG } from "../../../../src/catalog/address.ts";
import type { Catalog } from "../../../../src/catalog/read.ts";
import { byMajor } from "../../../../src/ddl/conditional-statement.ts";
import { domains } from "../../../../src/ddl/kinds/domain.ts";
import { type ContextOptions, statementsOf, typeRow } from "../../../support/catalog.ts";

const TYPES = [typeRow(16400, "d", "d")];
const DOMAIN = {
  type: 16400,
  baseType: "text",
  collation: null,
  notNull: false,
  default: null,
  baseHasDefault: false,
  hasBounds: false,
};
const CHECK = {
  oid: 16410,
  type: 16400,
  name: "full",
  constraintType: "c",
  definition: "CHECK ((VALUE <> ''::text))",
  isValidated: true,
} as const;

/** Of another domain. */
const MUST_BE = {
  ...CHECK,
  oid: 16421,
  type: 16420,
  name: "must be",
  constraintType: "n",
  definition: "NOT NULL",
} as const;

type Case = [what: string, rows: Partial<Catalog>, statements: string[], options?: ContextOptions];

test.each<Case>([
  ["plain", { types: TYPES, domains: [DOMAIN] }, ["CREATE DOMAIN shop.d AS text"]],
  [
    "everything",
    {
      types: TYPES,
      domains: [{ ...DOMAIN, collation: 'pg_catalog."C"', notNull: true, default: "'x'::text" }],
      domainConstraints: [CHECK, { ...CHECK, oid: 16411, name: "a" }],
    },
    [
      `CREATE DOMAIN shop.d AS text COLLATE pg_catalog."C" DEFAULT 'x'::text NOT NULL
    CONSTRAINT a CHECK ((VALUE <> ''::text))
    CONSTRAINT "full" CHECK ((VALUE <> ''::text))`,
    ],
  ],
  [
    "NOT NULL with the name that PostgreSQL chooses, and with another",
    {
      types: [...TYPES, typeRow(16420, "e", "d")],
      domains: [
        { ...DOMAIN, notNull: true },
        { ...DOMAIN, type: 16420, notNull: true },
      ],
      domainConstraints: [
        { ...CHECK, name: "d_not_null", constraintType: "n", definition: "NOT NULL" },
        MUST_BE,
      ],
    },
    [
      "CREATE DOMAIN shop.d AS text NOT NULL",
      `CREATE DOMAIN shop.e AS text CONSTRAINT "must be" NOT NULL`,
    ],
  ],
  [
    "a default of the type below that was dropped here",
    { types: TYPES, domains: [{ ...DOMAIN, baseHasDefault: true }] },
    ["CREATE DOMAIN shop.d AS text", "ALTER DOMAIN shop.d DROP DEFAULT"],
  ],
  [
    "a check that was never validated",
    {
      types: TYPES,
      domains: [DOMAIN],
      domainConstraints: [{ ...CHECK, isValidated: false }],
    },
    [
      "CREATE DOMAIN shop.d AS text",
      `ALTER DOMAIN shop.d\n    ADD CONSTRAINT "full" CHECK ((VALUE <> ''::text))`,
    ],
  ],
  [
    "a check that the plan took out",
    { types: TYPES, domains: [DOMAIN], domainConstraints: [CHECK] },
    [
      "CREATE DOMAIN shop.d AS text",
      `ALTER DOMAIN shop.d\n    ADD CONSTRAINT "full" CHECK ((VALUE <> ''::text))`,
    ],
    { separate: [address(CATALOG.constraint, 16410)] },
  ],
  [
    "constraints of values that are bounds of partitions",
    {
      types: [...TYPES, typeRow(16420, "e", "d")],
      domains: [
        { ...DOMAIN, notNull: true, hasBounds: true },
        { ...DOMAIN, type: 16420, notNull: true, hasBounds: true },
      ],
      domainConstraints: [CHECK, MUST_BE],
    },
    [
      "CREATE DOMAIN shop.d AS text",
      `ALTER DOMAIN shop.d\n    ADD CONSTRAINT "full" CHECK ((VALUE <> ''::text))`,
      "ALTER DOMAIN shop.d SET NOT NULL",
      "CREATE DOMAIN shop.e AS text",
      byMajor(
        17,
        "ALTER DOMAIN shop.e SET NOT NULL",
        `ALTER DOMAIN shop.e ADD CONSTRAINT "must be" NOT NULL`,
      ),
    ],
  ],
])("%s", (_what, rows, statements, options) => {
  expect(statementsOf(domains, rows, options)).toEqual(statements);
});
