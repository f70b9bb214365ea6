import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatKeywords,
  formatUri,
  withDatabaseName,
} from "../../../../src/sql/conninfo/format.ts";
import { type ConnParams, parseConnectionString } from "../../../../src/sql/conninfo/parse.ts";
import { anyText } from "../../../support/any-text.ts";

/** What libpq allows in a value, and PostgreSQL in a name: everything but NUL. */
const value = anyText({ maxLength: 12 }).filter((text) => !text.includes("\0"));
const filled = value.filter((text) => text !== "");
const host = fc.oneof(
  fc.constantFrom("db.example", "::1", "fe80::1%eth0", "/run/pg", "/tmp/a:b c", "", "[odd", "a@b"),
  fc.domain(),
);
const params: fc.Arbitrary<ConnParams> = fc.record(
  {
    user: filled,
    password: value,
    host: fc
      .array(host, { minLength: 1, maxLength: 3 })
      .map((hosts) => hosts.join(","))
      .filter((text) => /[^,]/.test(text)),
    port: fc
      .array(fc.constantFrom("1", "5432", ""), { minLength: 1, maxLength: 3 })
      .map((ports) => ports.join(","))
      .filter((text) => /\d/.test(text)),
    dbname: filled,
    sslmode: value,
    options: value,
  },
  { requiredKeys: [] },
);

describe("connection strings that were formatted", () => {
  test("as keywords are read back as they were", () => {
    fc.assert(
      fc.property(params, (given) => {
        expect(parseConnectionString(formatKeywords(given))).toEqual({ ...given });
      }),
      { numRuns: 500 },
    );
  });

  test("as a URI are read back as they were", () => {
    fc.assert(
      fc.property(params, (given) => {
        expect(parseConnectionString(formatUri(given))).toEqual({ ...given });
      }),
      { numRuns: 500 },
    );
  });

  test("with another database differ in nothing else", () => {
    fc.assert(
      fc.property(params, filled, fc.boolean(), (given, dbname, uri) => {
        const text = uri ? formatUri(given) : formatKeywords(given);
        expect(parseConnectionString(withDatabaseName(text, dbname))).toEqual({ ...given, dbname });
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  [{}, "postgresql:///"],
  [
    { user: "a@b", password: "p:w/", host: "db", port: "6432", dbname: "my shop" },
    "postgresql://a%40b:p%3Aw%2F@db:6432/my%20shop",
  ],
  [
    { host: "/tmp/a b", port: "5433", user: "o:@", password: "p/?", dbname: "d%#" },
    "postgresql://o%3A%40:p%2F%3F@%2Ftmp%2Fa%20b:5433/d%25%23",
  ],
  [{ host: "/run/pg", dbname: "d" }, "postgresql://%2Frun%2Fpg/d"],
  [{ host: "a,::1", port: "1,2", sslmode: "require" }, "postgresql://a:1,[::1]:2/?sslmode=require"],
  [{ host: "a,b", port: "1" }, "postgresql:///?host=a%2Cb&port=1"],
  [{ password: "x" }, "postgresql://:x@/"],
])("the URI of %j is %s", (given, uri) => {
  expect(formatUri(given)).toBe(uri);
});

test.each([
  [
    "postgres://u:p%40w@h1:1,h2/old?sslmode=require",
    "postgres://u:p%40w@h1:1,h2/a%2Fb?sslmode=require",
  ],
  ["postgresql://h?pool_max_conns=5", "postgresql://h/a%2Fb?pool_max_conns=5"],
  ["postgresql://h/old?dbname=older&ssl=true", "postgresql://h/a%2Fb?ssl=true"],
  ["host=h dbname=old password='it\\'s'", "host=h password='it\\'s' dbname='a/b'"],
  ["old", "dbname='a/b'"],
  ["", "dbname='a/b'"],
])("%s with another database is %s", (text, expected) => {
  expect(withDatabaseName(text, "a/b")).toBe(expected);
});
