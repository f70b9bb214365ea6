/**
 * The manifest's record of the sealing key: a fingerprint, by which a key is recognized as the one in use when the dump
 * was taken, and a MAC, by which changes by someone without the key are detected. The key cannot be computed from it:
 * both are HMACs under keys derived with HKDF (RFC 5869) and a salt of the archive's own.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { canonicalJson } from "../../archive/format/canonical-json.ts";
import type { Manifest, StoredManifest } from "../../archive/format/manifest.ts";

/** Name of the derivation in the manifest; a later one gets another name. */
export const KEY_SCHEME = "hkdf-sha256+hmac-sha256/1";

const SALT_BYTES = 32;

/** The trace of an application's key in a manifest. */
export type ManifestKey = NonNullable<Manifest["key"]>;

/** Result of comparing a key with a manifest. */
export type KeyVerdict =
  /** Right key, and the manifest is unchanged. */
  | "match"
  /** The archive was written with another key. */
  | "wrong-key"
  /** Right key, but the manifest was changed. */
  | "changed"
  /** The manifest records no key. */
  | "none"
  /** The record uses a scheme that this version does not know. */
  | "unknown-scheme";

function derive(key: Uint8Array, salt: string, purpose: "fingerprint" | "mac"): Uint8Array {
  const info = `nexushub-dump ${KEY_SCHEME} ${purpose}`;
  return new Uint8Array(hkdfSync("sha256", key, Buffer.from(salt, "hex"), info, 32));
}

/** Returns the record of a key for a new manifest, with `mac` still null. */
export function fingerprintKey(
  key: Uint8Array,
  salt: string = randomBytes(SALT_BYTES).toString("hex"),
): ManifestKey {
  const fingerprint = createHmac("sha256", derive(key, salt, "fingerprint"))
    .update(Buffer.from(salt, "hex"))
    .digest("hex");
  return { scheme: KEY_SCHEME, salt, fingerprint, mac: null };
}

/** Adds the MAC over the whole manifest. It also covers the data, through the checksums that the manifest lists. */
export function sealManifest(manifest: Manifest, key: Uint8Array): Manifest {
  const record = manifest.key ?? fingerprintKey(key);
  return { ...manifest, key: { ...record, mac: macOf(manifest, record, key) } };
}

/**
 * Compares a key with the manifest's record.
 * @param manifest as it is stored in the archive (`ArchiveReader.storedManifest`): that is what the MAC covers.
 */
export function checkKey(manifest: StoredManifest, key: Uint8Array): KeyVerdict {
  const record = manifest.key;
  if (record === null) return "none";
  if (record.scheme !== KEY_SCHEME) return "unknown-scheme";
  if (!sameHex(fingerprintKey(key, record.salt).fingerprint, record.fingerprint))
    return "wrong-key";
  // A fingerprint is never written without a MAC: somebody removed it.
  if (record.mac === null) return "changed";
  return sameHex(macOf(manifest, record, key), record.mac) ? "match" : "changed";
}

/** Over the manifest without what comes after it: the MAC itself, and a signature, which covers the MAC. */
function macOf(manifest: StoredManifest, record: ManifestKey, key: Uint8Array): string {
  const covered = {
    ...manifest,
    key: { ...record, mac: null },
    // Format 1 has no signature.
    ...("signature" in manifest ? { signature: null } : {}),
  };
  return createHmac("sha256", derive(key, record.salt, "mac"))
    .update(canonicalJson(covered))
    .digest("hex");
}

function sameHex(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a, "hex"), Buffer.from(b, "hex")];
  return x.length === y.length && timingSafeEqual(x, y);
}
