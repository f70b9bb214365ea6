import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { pack } from "../../src/pack/pack.ts";
import { unpack } from "../../src/pack/unpack.ts";

test("the address of an object store is not taken for a packed folder, nor for a path of this machine", async () => {
  const address = "s3://bucket/fixtures";
  const refusal = { code: "USAGE", object: address };
  await expect(pack("/dev/null", address)).rejects.toMatchObject(refusal);
  await expect(unpack(address, "/dev/null")).rejects.toMatchObject(refusal);
  expect(existsSync("s3:")).toBe(false);
});
