import { describe, expect, test } from "vitest";
import {
  absoluteAddress,
  addressIn,
  folderOf,
  formatStoreAddress,
  isStoreAddress,
  parseStoreAddress,
  readingAddress,
  withStoreOptions,
} from "../../../src/store/address.ts";

describe("an address", () => {
  test.each([
    ["s3://bucket", { bucket: "bucket", key: "", options: {} }],
    ["S3://bucket/", { bucket: "bucket", key: "", options: {} }],
    ["s3://my.bucket/a b/c+d.tar.gz", { bucket: "my.bucket", key: "a b/c+d.tar.gz", options: {} }],
    [
      "s3://bucket/p/?endpoint=http://127.0.0.1:7480&region=eu-1&profile=x&style=path",
      {
        bucket: "bucket",
        key: "p",
        options: {
          endpoint: "http://127.0.0.1:7480",
          region: "eu-1",
          profile: "x",
          style: "path",
        },
      },
    ],
    [
      "s3://bucket/k?limit-rate=1000&lock-days=30&lock-mode=compliance",
      {
        bucket: "bucket",
        key: "k",
        options: { limitRate: 1000, lockDays: 30, lockMode: "compliance" },
      },
    ],
  ])("%s is read", (text, parsed) => {
    expect(isStoreAddress(text)).toBe(true);
    expect(parseStoreAddress(text)).toEqual(parsed);
    expect(parseStoreAddress(formatStoreAddress(parseStoreAddress(text)))).toEqual(parsed);
  });

  test.each([
    ["s3://", /bucket is missing/],
    ["s3:///key", /bucket is missing/],
    ["s3://b/key", /bucket is missing or not valid/],
    ["s3://AKIA:geheim@bucket/key", /holds a login/],
    ["s3://bucket/k?endpoint=http://AKIA:geheim@host", /holds a login/],
    ["s3://bucket/k?secret=geheim", /there is no option secret/],
    ["s3://bucket/k?endpoint=ftp://host", /no URL with http/],
    ["s3://bucket/k?style=odd", /style is neither path nor host/],
    ["s3://bucket/k?limit-rate=0", /limit-rate is not a positive integer/],
    ["s3://bucket/k?lock-days=1.5", /lock-days is not a positive integer/],
    ["s3://bucket/a/../b", /empty part/],
    ["s3://bucket/a//b", /empty part/],
    [`s3://bucket/${"k".repeat(1025)}`, /too long/],
    ["s3://bucket/a\nb", /control characters/],
  ])("%j is refused, and no secret is repeated", (text, message) => {
    const read = (): unknown => parseStoreAddress(text);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: "USAGE" }));
    expect(read).not.toThrow(/geheim/);
  });

  test("of a file is in its folder, and its folder is found again", () => {
    const folder = "s3://bucket/p?endpoint=http://127.0.0.1:7480&lock-days=3";
    const file = addressIn(folder, "x.tar");
    expect(file).toBe("s3://bucket/p/x.tar?endpoint=http://127.0.0.1:7480");
    expect(folderOf(file)).toBe("s3://bucket/p?endpoint=http://127.0.0.1:7480");
    expect(addressIn("s3://bucket", "x.tar")).toBe("s3://bucket/x.tar");
    expect(folderOf("s3://bucket/x.tar")).toBe("s3://bucket");
    expect(addressIn("/var/backups", "x.tar")).toBe("/var/backups/x.tar");
    expect(absoluteAddress("/home", "x")).toBe("/home/x");
    expect(absoluteAddress("/home", "s3://bucket/x")).toBe("s3://bucket/x");
  });

  test("gets options for writing, and loses them for reading", () => {
    const writing = withStoreOptions("s3://bucket/x", { limitRate: 5, lockDays: undefined });
    expect(writing).toBe("s3://bucket/x?limit-rate=5");
    expect(formatStoreAddress(readingAddress(parseStoreAddress(writing)))).toBe("s3://bucket/x");
    expect(withStoreOptions("/a/path", { limitRate: 5 })).toBe("/a/path");
  });
});
