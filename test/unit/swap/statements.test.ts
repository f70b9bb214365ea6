import { expect, test } from "vitest";
import type { DatabaseFacts } from "../../../src/swap/database/facts.ts";
import { createDatabaseSql, likenessSql } from "../../../src/swap/database/statements.ts";

const FACTS: DatabaseFacts = {
  oid: 16400,
  name: "shop",
  nameBytes: "73686f70",
  owner: "o'neil",
  encoding: "UTF8",
  collate: "C",
  ctype: "de_DE.utf8",
  localeProvider: "c",
  locale: null,
  icuRules: null,
  tablespace: null,
  connectionLimit: -1,
  isTemplate: false,
  comment: null,
  acl: null,
  aclDefault: ["=Tc/o'neil", "o'neil=CTc/o'neil"],
  settings: [],
  labels: [],
};

test.each([
  [13, {}, ""],
  [15, {}, " LOCALE_PROVIDER libc"],
  [
    16,
    { localeProvider: "i", locale: "de", icuRules: "&a<b" },
    " LOCALE_PROVIDER icu ICU_LOCALE 'de' ICU_RULES '&a<b'",
  ],
  [
    17,
    { localeProvider: "b", locale: "C.UTF-8" },
    " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'",
  ],
])("a database like another one on PostgreSQL %i, %o", (major, facts, provider) => {
  expect(createDatabaseSql({ ...FACTS, ...facts }, "Shop new", { num: major * 10000, major })).toBe(
    `CREATE DATABASE "Shop new" OWNER "o'neil" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'de_DE.utf8'${provider}`,
  );
});

test("only another tablespace than that of new databases is named", () => {
  const version = { num: 150000, major: 15 };
  expect(createDatabaseSql({ ...FACTS, tablespace: "Fast" }, "n", version)).toMatch(
    / TABLESPACE "Fast"$/,
  );
});

test("privileges, settings and labels move, and what they replace goes", () => {
  const like: DatabaseFacts = {
    ...FACTS,
    acl: ["o'neil=CTc/o'neil", "reader=c/o'neil"],
    settings: [
      { role: null, settings: ["work_mem=4MB", "search_path=a, b"] },
      { role: "reader", settings: ["x.y=1"] },
    ],
    labels: [{ provider: "p", label: "secret" }],
  };
  const current = {
    ...FACTS,
    name: "shop_new",
    settings: [{ role: null, settings: ["work_mem=8MB"] }],
    labels: [{ provider: "q", label: "old" }],
  };
  const roles = [
    { name: "o'neil", oid: 1 },
    { name: "reader", oid: 2 },
  ];
  expect(likenessSql(current, like, roles, { num: 160000, major: 16 })).toEqual([
    "REVOKE CONNECT, TEMPORARY ON DATABASE shop_new FROM PUBLIC",
    "GRANT CONNECT ON DATABASE shop_new TO reader",
    "ALTER DATABASE shop_new RESET ALL",
    "ALTER DATABASE shop_new SET work_mem TO '4MB'",
    "ALTER DATABASE shop_new SET search_path TO 'a', 'b'",
    `ALTER ROLE reader IN DATABASE shop_new SET "x.y" TO '1'`,
    "SECURITY LABEL FOR q ON DATABASE shop_new IS NULL",
    "SECURITY LABEL FOR p ON DATABASE shop_new IS 'secret'",
  ]);
  expect(
    likenessSql({ ...like, name: "shop_new" }, like, roles, { num: 160000, major: 16 }),
  ).toEqual([]);
});
