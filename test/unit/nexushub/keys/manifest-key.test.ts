import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../../../src/archive/format/manifest.ts";
import { manifestSchema } from "../../../../src/archive/format/manifest-schema.ts";
import {
  checkKey,
  fingerprintKey,
  sealManifest,
} from "../../../../src/nexushub/keys/manifest-key.ts";

const KEY = Buffer.from("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "base64");

function manifest(): Manifest {
  return {
    format: 2,
    tool: { name: "nexushub-dump", version: "1.2.3" },
    createdAt: "2026-11-24T03:00:00Z",
    purpose: "backup",
    partial: false,
    database: {
      name: "nexushub",
      encoding: "UTF8",
      collate: "C",
      ctype: "C",
      localeProvider: "libc",
      locale: null,
      icuRules: null,
      collationVersion: null,
      serverVersion: "16.14",
      serverVersionNum: 160014,
    },
    server: null,
    base: null,
    options: {
      compression: "gzip:6",
      reproducible: false,
      sections: ["pre-data", "data", "post-data"],
      schemaOnly: false,
      dataOnly: false,
      owner: false,
      privileges: false,
      selection: [],
    },
    roles: [],
    objects: [],
    relations: [],
    sequences: [
      {
        namespace: "public",
        name: "audit_log_id_seq",
        lastValue: "7",
        isCalled: true,
        object: null,
      },
    ],
    warnings: [],
    key: null,
    signature: null,
    entries: [
      { name: "nexushub-dump.json", offset: 0, length: 100, size: 60, sha256: "ab".repeat(32) },
    ],
  };
}

describe("the key's trace in a manifest", () => {
  test("fits the schema and holds neither the key nor anything that two archives share", () => {
    const [first, second] = [sealManifest(manifest(), KEY), sealManifest(manifest(), KEY)];
    expect(manifestSchema.parse(first)).toEqual(first);
    const text = JSON.stringify(first);
    for (const encoding of ["hex", "base64", "base64url"] as const) {
      expect(text).not.toContain(Buffer.from(KEY).toString(encoding).slice(0, 20));
    }
    expect(first.key!.salt).not.toBe(second.key!.salt);
    expect(first.key!.fingerprint).not.toBe(second.key!.fingerprint);
    expect(first.key!.mac).not.toBe(second.key!.mac);
  });

  test("derives the same for ever: archives outlive versions", () => {
    // Computed apart, with OpenSSL's HKDF and HMAC.
    expect(fingerprintKey(KEY, "00".repeat(32)).fingerprint).toBe(
      "fb56fa1740c8452c525addafb42b4d94bce9e31b90733a5a60f3907d0f05a7a3",
    );
  });

  test("tells the right key from any other", () => {
    const sealed = sealManifest(manifest(), KEY);
    expect(checkKey(sealed, KEY)).toBe("match");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (bit) => {
        const other = Buffer.from(KEY);
        other[bit >> 3]! ^= 1 << (bit & 7);
        expect(checkKey(sealed, other)).toBe("wrong-key");
      }),
    );
  });

  test("finds out every change that was made without the key", () => {
    const sealed = sealManifest(manifest(), KEY);
    const changes: ((m: Manifest) => void)[] = [
      (m) => (m.entries[0]!.sha256 = "cd".repeat(32)),
      (m) => (m.sequences[0]!.lastValue = "8"),
      (m) => (m.sequences[0]!.isCalled = false),
      (m) => (m.database.name = "nexushub2"),
      (m) => (m.createdAt = null),
      (m) => m.warnings.push({ code: "x", object: null, message: "x" }),
      (m) => (m.key!.mac = m.key!.mac!.replace(/^./, (c) => (c === "0" ? "1" : "0"))),
      // Taking the MAC away must not help.
      (m) => (m.key!.mac = null),
      (m) => (m.key!.mac = m.key!.mac!.slice(0, 2)),
    ];
    for (const change of changes) {
      const changed = structuredClone(sealed);
      change(changed);
      expect(checkKey(changed, KEY)).toBe("changed");
    }
    // A fingerprint of someone's own key is a wrong key to us.
    expect(checkKey(sealManifest(manifest(), randomBytes(32)), KEY)).toBe("wrong-key");
  });

  test("survives the manifest's way through a file, whatever the order of its keys", () => {
    const sealed = sealManifest(manifest(), KEY);
    const reversed = JSON.parse(JSON.stringify(sealed), (_key, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toReversed())
        : value,
    ) as Manifest;
    expect(Object.keys(reversed)[0]).toBe("entries");
    expect(checkKey(reversed, KEY)).toBe("match");
  });

  test("a signature is added after the MAC and does not break it", () => {
    const sealed = sealManifest(manifest(), KEY);
    const signature = { scheme: "ed25519", keyId: "ab".repeat(8), value: "cd".repeat(64) };
    expect(checkKey({ ...sealed, signature }, KEY)).toBe("match");
  });

  test("says so when there is nothing to compare", () => {
    expect(checkKey(manifest(), KEY)).toBe("none");
    const sealed = sealManifest(manifest(), KEY);
    expect(checkKey({ ...sealed, key: { ...sealed.key!, scheme: "other/9" } }, KEY)).toBe(
      "unknown-scheme",
    );
  });
});
