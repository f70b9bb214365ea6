import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseKey } from "../../../../src/nexushub/keys/sealing-key.ts";

describe("parseKey", () => {
  test("reads standard base64 of 32 bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(new Uint8Array(parseKey(`${text}\n`))).toEqual(bytes);
      }),
    );
  });

  test.each([
    ["", "is empty"],
    ["c2hvcnQ=", "holds 5 bytes instead of 32"],
    [Buffer.alloc(33, 1).toString("base64"), "holds 33 bytes"],
    [Buffer.alloc(32, 255).toString("base64url"), "is not standard base64"],
    [Buffer.alloc(32, 1).toString("hex"), "holds 48 bytes"],
    ["not base64 at all!", "is not standard base64"],
  ])("says what is wrong without showing it: %j", (text, why) => {
    try {
      parseKey(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "USAGE" });
      expect((error as Error).message).toContain(why);
      if (text !== "") expect((error as Error).message).not.toContain(text);
    }
  });
});
