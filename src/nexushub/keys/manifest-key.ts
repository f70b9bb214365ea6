/**
 * The sealing key's trace in a manifest: enough to tell whether a key at hand is the one in use when the dump was
 * taken, and whether the manifest was changed by someone without it. Nothing here can be turned back into the key:
 * what is stored is an HMAC under a key derived by HKDF (RFC 5869) with a salt of the archive's own.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { canonicalJson } from "../../archive/format/canonical-json.ts";
import type { Manifest, StoredManifest } from "../../archive/format/manifest.ts";

/** Names the derivation in the manifest, so that a later one can be told apart. */
export const KEY_SCHEME = "hkdf-sha256+hmac-sha256/1";

const SALT_BYTES = 32;

type KeyTrace = NonNullable<Manifest["key"]>;

/** What a key at hand says of a manifest. */
export type KeyVerdict =
  /** The key fits, and the manifest is as it was written. */
  | "match"
  /** The archive was made with another key. */
  | "wrong-key"
  /** The key fits, and the manifest is not as it was written. */
  | "changed"
  /** The manifest carries no trace of a key. */
  | "none"
  /** The trace is of a scheme that this version does not know. */
  | "unknown-scheme";

function derive(key: Uint8Array, salt: string, purpose: "fingerprint" | "mac"): Uint8Array {
  const info = `nexushub-dump ${KEY_SCHEME} ${purpose}`;
  return new Uint8Array(hkdfSync("sha256", key, Buffer.from(salt, "hex"), info, 32));
}

/** The trace of a key for a new manifest, with a salt of its own and `mac` still null. */
export function fingerprintKey(
  key: Uint8Array,
  salt: string = randomBytes(SALT_BYTES).toString("hex"),
): KeyTrace {
  const fingerprint = createHmac("sha256", derive(key, salt, "fingerprint"))
    .update(Buffer.from(salt, "hex"))
    .digest("hex");
  return { scheme: KEY_SCHEME, salt, fingerprint, mac: null };
}

/** Adds the MAC over the whole manifest; its data is covered through the checksums that it lists. */
export function sealManifest(manifest: Manifest, key: Uint8Array): Manifest {
  const trace = manifest.key ?? fingerprintKey(key);
  return { ...manifest, key: { ...trace, mac: macOf(manifest, trace, key) } };
}

/**
 * Compares a key with the manifest's trace.
 * @param manifest as it is stored in the archive (`ArchiveReader.storedManifest`): that is what the MAC covers.
 */
export function checkKey(manifest: StoredManifest, key: Uint8Array): KeyVerdict {
  const trace = manifest.key;
  if (trace === null) return "none";
  if (trace.scheme !== KEY_SCHEME) return "unknown-scheme";
  if (!sameHex(fingerprintKey(key, trace.salt).fingerprint, trace.fingerprint)) return "wrong-key";
  // We never write a fingerprint without a MAC: someone took it away.
  if (trace.mac === null) return "changed";
  return sameHex(macOf(manifest, trace, key), trace.mac) ? "match" : "changed";
}

/** Over the manifest without what comes after it: the MAC itself, and a signature, which covers the MAC. */
function macOf(manifest: StoredManifest, trace: KeyTrace, key: Uint8Array): string {
  const covered = {
    ...manifest,
    key: { ...trace, mac: null },
    // Format 1 has no signature.
    ...("signature" in manifest ? { signature: null } : {}),
  };
  return createHmac("sha256", derive(key, trace.salt, "mac"))
    .update(canonicalJson(covered))
    .digest("hex");
}

function sameHex(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a, "hex"), Buffer.from(b, "hex")];
  return x.length === y.length && timingSafeEqual(x, y);
}
