import { expect, test } from "vitest";
import { UsageError } from "../../../src/errors.ts";
import {
  matchesPattern,
  namePattern,
  onPath,
  qualifiedPattern,
  refuseOtherDatabase,
  schemaPattern,
  simplePattern,
} from "../../../src/sql/pattern.ts";

const matches = (text: string, namespace: string, name: string): boolean =>
  matchesPattern(namePattern(text), { namespace, name }, onPath(["app", "public"]));

test.each([
  ["users", "public", "users"],
  ["USERS", "public", "users"],
  ['"Users"', "app", "Users"],
  ["user*", "public", "users_old"],
  ["user?", "public", "users"],
  ["u.users", "u", "users"],
  ["*.users", "anything", "users"],
  ["a|b", "public", "b"],
  ["[[:digit:]]x", "public", "7x"],
  ["t[0-9]", "public", "t5"],
  ['"a.b"', "public", "a.b"],
  ['"a""b"', "public", 'a"b'],
  ['"a*"', "public", "a*"],
  ["a$", "public", "a$"],
  ["t[]", "public", "t[]"],
  ["ÄB", "public", "Äb"],
])("%s matches %s.%s", (text, namespace, name) => {
  expect(matches(text, namespace, name)).toBe(true);
});

test.each([
  ["users", "other", "users"],
  ["users", "public", "users2"],
  ["users", "public", "my_users"],
  ["user?", "public", "user"],
  ['"USERS"', "public", "users"],
  ['"a*"', "public", "ab"],
  ["u.users", "public", "users"],
  ["a|b", "public", "ab"],
])("%s does not match %s.%s", (text, namespace, name) => {
  expect(matches(text, namespace, name)).toBe(false);
});

test.each([
  ['an unclosed quote: "a', () => namePattern('"a')],
  ["no regular expression: a(", () => namePattern("a(")],
  ["a database where none can be: d.s.t", () => namePattern("d.s.t")],
  ["four names: a.b.c.d", () => qualifiedPattern("a.b.c.d")],
  ["three names of a schema: a.b.c", () => schemaPattern("a.b.c")],
  ["a dot where there is no schema: a.b", () => simplePattern("a.b")],
  ["another database: other.s.t", () => refuseOtherDatabase(qualifiedPattern("other.s.t"), "this")],
])("refuses %s", (_, parse) => {
  expect(parse).toThrow(UsageError);
});

test("a database is taken literally, and its own name is fine", () => {
  const pattern = qualifiedPattern('"D*".s.t');
  expect(pattern.database).toBe("D*");
  expect(() => refuseOtherDatabase(pattern, "D*")).not.toThrow();
});
