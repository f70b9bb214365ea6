import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { clampPrivateKey, publicKeyOf } from "../../../../src/nexushub/keys/wireguard-key.ts";

describe("publicKeyOf", () => {
  test("gives the public key of RFC 7748 (section 6.1, Bob)", () => {
    const secret = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
    const known = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
    const publicKey = Buffer.from(known, "hex").toString("base64");
    expect(publicKeyOf(Buffer.from(secret, "hex"))).toBe(publicKey);
  });

  test("agrees with the platform's own pairs", () => {
    const pair = generateKeyPairSync("x25519");
    const der = pair.privateKey.export({ format: "der", type: "pkcs8" });
    const raw = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    expect(publicKeyOf(der.subarray(-32))).toBe(raw.toString("base64"));
  });

  test("refuses a key of another length", () => {
    expect(() => publicKeyOf(Buffer.alloc(31))).toThrow("31 bytes instead of 32");
  });
});

test("clampPrivateKey fixes five bits, as RFC 7748 (section 5) requires", () => {
  expect(clampPrivateKey(Buffer.alloc(32, 0xff)).toString("hex")).toBe(`f8${"ff".repeat(30)}7f`);
  expect(clampPrivateKey(Buffer.alloc(32)).toString("hex")).toBe(`00${"00".repeat(30)}40`);
});
