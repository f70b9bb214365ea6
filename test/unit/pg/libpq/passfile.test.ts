import { describe, expect, test } from "vitest";
import { findPassword } from "../../../../src/pg/libpq/passfile.ts";

const key = { host: "db", port: 5432, database: "shop", user: "alice" };

describe("findPassword", () => {
  test.each([
    ["db:5432:shop:alice:pw", "pw"],
    ["*:*:*:*:any", "any"],
    ["# db:5432:shop:alice:no\ndb:5432:shop:alice:yes", "yes"],
    ["db:5432:other:alice:no\ndb:*:shop:*:first\ndb:5432:shop:alice:second", "first"],
    ["db:5432:shop:alice:a\\:b\\\\c", "a:b\\c"],
    ["db:5432:shop:alice:a:b", "a:b"],
    ["db:5432:shop:alice:\r\n", ""],
    ["db:5432:shop:alice", undefined],
    ["db:5432:shop:\\*:pw", undefined],
    ["", undefined],
  ])("%j gives %j", (text, expected) => {
    expect(findPassword(text, key)).toBe(expected);
  });

  test("compares escaped fields by their meaning", () => {
    expect(
      findPassword("fe80\\:\\:1:1:d:\\*:pw", {
        host: "fe80::1",
        port: 1,
        database: "d",
        user: "*",
      }),
    ).toBe("pw");
  });
});
