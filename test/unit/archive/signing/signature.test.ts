import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import type { Manifest } from "../../../../src/archive/format/manifest.ts";
import { manifestSchema } from "../../../../src/archive/format/manifest-schema.ts";
import { readSignKey, type SignKey } from "../../../../src/archive/signing/ed25519-key.ts";
import {
  checkSignature,
  requireSignature,
  signManifest,
} from "../../../../src/archive/signing/signature.ts";
import { emptyHead } from "../../../support/archives.ts";

function newKey(): SignKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  return readSignKey(privateKey.export({ type: "pkcs8", format: "pem" }) as string);
}

const entry = {
  name: "nexushub-dump.json",
  offset: 0,
  length: 9,
  size: 9,
  sha256: "ab".repeat(32),
};
const manifest: Manifest = { ...emptyHead(), entries: [entry] };
const key = newKey();

test("a signature fits the schema, and survives another order of fields", () => {
  const signed = signManifest(manifest, key);
  expect(manifestSchema.parse(signed)).toEqual(signed);
  const turned = Object.fromEntries(Object.entries(signed).toReversed()) as Manifest;
  expect(checkSignature(turned, [newKey(), key])).toBe("valid");
});

test("every change makes it invalid, and removing it makes the archive unsigned", () => {
  const signed = signManifest(manifest, key);
  const changes: ((copy: Manifest) => void)[] = [
    (copy) => (copy.entries[0]!.sha256 = "cd".repeat(32)),
    (copy) => (copy.purpose = "fixture"),
    (copy) => copy.roles.push("postgres"),
    (copy) => (copy.createdAt = "2026-11-24T03:00:00Z"),
    (copy) => (copy.signature!.value = "00".repeat(64)),
  ];
  for (const change of changes) {
    const copy = structuredClone(signed);
    change(copy);
    expect(checkSignature(copy, [key])).toBe("invalid");
    expect(() => requireSignature(copy, [key])).toThrow(
      expect.objectContaining({ code: "SIGNATURE" }),
    );
  }
  expect(checkSignature({ ...signed, signature: null }, [key])).toBe("unsigned");
});

test("a signature by somebody else is none of ours, even under our key's name", () => {
  const stranger = newKey();
  expect(checkSignature(signManifest(manifest, stranger), [key])).toBe("unknown-key");
  expect(checkSignature(signManifest(manifest, { ...stranger, id: key.id }), [key])).toBe(
    "invalid",
  );
  expect(() => requireSignature(manifest, [key])).toThrow("not signed");
});
