import { describe, expect, test } from "vitest";
import { UsageError } from "../../../../src/errors.ts";
import { parseConnectionString } from "../../../../src/sql/conninfo/parse.ts";

describe("parseConnectionString", () => {
  test.each([
    ["shop", { dbname: "shop" }],
    ["postgresql://", {}],
    ["postgres://alice@db/shop", { user: "alice", host: "db", dbname: "shop" }],
    [
      "postgresql://al%40ice:p%3Aw%2F@db.example:6432/my%20shop?sslmode=verify-full&connect_timeout=5",
      {
        user: "al@ice",
        password: "p:w/",
        host: "db.example",
        port: "6432",
        dbname: "my shop",
        sslmode: "verify-full",
        connect_timeout: "5",
      },
    ],
    ["postgresql://[::1]:5433/d", { host: "::1", port: "5433", dbname: "d" }],
    ["postgresql://a:1,b:2/d", { host: "a,b", port: "1,2", dbname: "d" }],
    ["postgresql://%2Frun%2Fpg/d", { host: "/run/pg", dbname: "d" }],
    ["postgresql:///d?host=/run/pg&user=x", { host: "/run/pg", dbname: "d", user: "x" }],
    ["postgresql://h/d?ssl=true", { host: "h", dbname: "d", sslmode: "require" }],
    ["host=db port = 5433 dbname='my shop'", { host: "db", port: "5433", dbname: "my shop" }],
    ["password='it\\'s \\\\ ' user=a\\ b", { password: "it's \\ ", user: "a b" }],
    ["password=a;b=c host=h;1", { password: "a;b=c", host: "h;1" }],
    ["user='a;b=c'", { user: "a;b=c" }],
    ["password=//s:e@c dbname=d", { password: "//s:e@c", dbname: "d" }],
    ["host='' dbname=d", { host: "", dbname: "d" }],
    // Blanks after the sign are skipped, as libpq does.
    ["host= dbname=d", { host: "dbname=d" }],
    ["  dbname=d  ", { dbname: "d" }],
    ["", {}],
    // A quoted value ends at its quote, an unquoted one may hold quotes, and a last backslash is dropped.
    ["host='h'dbname=d", { host: "h", dbname: "d" }],
    ["password=it's user=u\\\\", { password: "it's", user: "u\\" }],
    ["user=u\\", { user: "u" }],
    ["postgresql://:pw@/?host=%2Ftmp", { password: "pw", host: "/tmp" }],
    ["postgresql://h/d?&application_name=a=b", { host: "h", dbname: "d", application_name: "a=b" }],
  ])("reads %s", (text, expected) => {
    expect(parseConnectionString(text)).toEqual(expected);
  });

  test.each([
    "postgresql://u:sec%ret@h/d",
    "postgresql://u:secret@[::1/d",
    "postgresql://u:secret@h/d?sslmode",
    "password='secret",
    "password=sec'ret'x y",
    "password=secret stray",
    "postgresql://u:%00secret@h/d",
    // Passwords that nobody encoded, and schemes that are none: their parts would be shown as a host or a database.
    "postgresql://u:s3@secret@h/d",
    "postgresql://u:12/secret@h/d",
    "postgresql://u:se/cret@h/d",
    "postgres//u:secret@h/d",
    "mysql://u:secret@h/d?a=b",
    "u:secret@h/d",
    // As other drivers separate them.
    "host=h;user=u;password=secret",
    "host=h,password=secret",
    "dbname=d&password=secret",
  ])("refuses %s without quoting it", (text) => {
    let error: unknown;
    try {
      parseConnectionString(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect(JSON.stringify([String(error), error])).not.toMatch(/sec/);
  });

  test.each(["postgresql://u@h/d\n", "host=h user=u dbname=d\r\n"])(
    "reads %j without its end of line",
    (text) => {
      expect(parseConnectionString(text)).toMatchObject({ host: "h", user: "u", dbname: "d" });
    },
  );

  test.each([
    "postgresql+asyncpg://u:secret@h/d",
    "jdbc:postgresql://u:secret@h/d",
    '"postgresql://u:secret@h/d"',
    " postgresql://u:secret@h/d",
  ])("says how to begin %s", (text) => {
    expect(() => parseConnectionString(text)).toThrow(
      expect.objectContaining({
        code: "USAGE",
        hint: expect.stringMatching(/^begin it with postgresql:/),
      }),
    );
  });
});
