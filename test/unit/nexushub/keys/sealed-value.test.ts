import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SEALED_COLUMNS, open, seal } from "../../../../src/nexushub/keys/sealed-value.ts";

const KEY = Buffer.alloc(32, 7);
const columns = SEALED_COLUMNS.map(({ name }) => name);

describe("seal and open", () => {
  test("give back what was sealed, whatever it is", () => {
    fc.assert(
      fc.property(fc.constantFrom(...columns), fc.uint8Array(), (column, plaintext) => {
        const sealed = seal(column, KEY, plaintext);
        expect(sealed).toHaveLength(12 + plaintext.length + 16);
        expect(new Uint8Array(open(column, KEY, sealed))).toEqual(plaintext);
      }),
    );
  });

  test("make another value each time, unless the nonce is given", () => {
    const column = columns[0]!;
    expect(seal(column, KEY, Buffer.from("x"))).not.toEqual(seal(column, KEY, Buffer.from("x")));
    const nonce = Buffer.alloc(12, 1);
    expect(seal(column, KEY, KEY, nonce)).toEqual(seal(column, KEY, KEY, nonce));
  });

  test("match a value made elsewhere", () => {
    // By Python's cryptography: key 00…1f, nonce 00…0b, the column's name as additional data.
    const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
    const value = Buffer.from(
      "000102030405060708090a0b0d40854c9cd6864bc809c7c082b9203de7453fe7e26730bec951aeb9918291c4",
      "hex",
    );
    expect(open("users.totp_secret", key, value).toString()).toBe("JBSWY3DPEHPK3PXP");
  });

  for (const from of columns) {
    for (const to of columns.filter((name) => name !== from)) {
      test(`do not open a value of ${from} as ${to}`, () => {
        const sealed = seal(from, KEY, Buffer.from("secret"));
        expect(() => open(to, KEY, sealed)).toThrow(`a sealed value of ${to} does not open`);
      });
    }
  }

  test("refuse another key, any changed bit, and what is too short", () => {
    const sealed = seal("wg_peers.private_key", KEY, Buffer.from("secret"));
    expect(() => open("wg_peers.private_key", Buffer.alloc(32, 8), sealed)).toThrow(
      "does not open",
    );
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => open("wg_peers.private_key", KEY, changed)).toThrow("does not open");
    }
    for (let length = 0; length < 28; length++) {
      const cut = sealed.subarray(0, length);
      expect(() => open("wg_peers.private_key", KEY, cut)).toThrow("too short");
    }
  });

  test("put neither the plaintext nor the key into an error", () => {
    const sealed = seal("wg_peers.private_key", KEY, Buffer.from("secret"));
    try {
      open("users.totp_secret", KEY, sealed);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "MISMATCH", object: "users.totp_secret" });
      expect((error as Error).cause).toBeUndefined();
    }
  });
});
