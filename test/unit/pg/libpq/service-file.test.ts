import { describe, expect, test } from "vitest";
import { UsageError } from "../../../../src/errors.ts";
import { findService } from "../../../../src/pg/libpq/service-file.ts";

const text = `# comment
[first]
host=a
[shop]
 host = db
host=second
port=6432

password=with = sign
[shop]
host=later
[bad]
nonsense
[nested]
service=shop
`;

describe("findService", () => {
  test("takes the first group of the name and the first of equal keywords", () => {
    expect(findService(text, "shop")).toEqual({
      host: "db",
      port: "6432",
      password: "with = sign",
    });
  });

  test("does not find what is not there", () => {
    expect(findService(text, "sho")).toBeUndefined();
  });

  test.each(["bad", "nested"])("refuses the service %s", (name) => {
    expect(() => findService(text, name)).toThrow(UsageError);
  });
});
