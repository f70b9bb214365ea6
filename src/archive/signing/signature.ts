/**
 * The signature of an archive: Ed25519 over the manifest, which lists the checksum of every other byte. So a host that only
 * stores archives need not be trusted: without the private key nobody can make an archive that passes, and removing the
 * signature makes it an unsigned one, which a reader that was given a key refuses.
 */
import { sign, verify } from "node:crypto";
import { RefusedError } from "../../errors.ts";
import { canonicalJson } from "../format/canonical-json.ts";
import type { Manifest, StoredManifest } from "../format/manifest.ts";
import type { SignKey, VerifyKey } from "./ed25519-key.ts";

const SCHEME = "ed25519";

/** Begins what is signed, so that a signature made for something else with the same key is none of an archive. */
const CONTEXT = "nexushub-dump manifest 2\n";

function signedBytes(manifest: object): Buffer {
  return Buffer.from(CONTEXT + canonicalJson({ ...manifest, signature: null }));
}

/** The manifest with the signature over all of it, the MAC of an application's key included. */
export function signManifest(manifest: Manifest, signKey: SignKey): Manifest {
  const value = sign(null, signedBytes(manifest), signKey.privateKey).toString("hex");
  return { ...manifest, signature: { scheme: SCHEME, keyId: signKey.id, value } };
}

/** What the keys at hand say of a manifest. */
export type SignatureVerdict =
  | "valid"
  /** Nobody signed it. */
  | "unsigned"
  /** None of the keys made the signature. */
  | "unknown-key"
  /** The signature is of a scheme that this version does not know. */
  | "unknown-scheme"
  /** One of the keys is named, and the manifest is not what it signed. */
  | "invalid";

/** @param manifest as it is stored: a manifest of an older format has no signature. */
export function checkSignature(
  manifest: StoredManifest,
  keys: readonly VerifyKey[],
): SignatureVerdict {
  const signature = "signature" in manifest ? manifest.signature : null;
  if (signature === null) return "unsigned";
  if (signature.scheme !== SCHEME) return "unknown-scheme";
  const named = keys.filter(({ id }) => id === signature.keyId);
  if (named.length === 0) return "unknown-key";
  const bytes = signedBytes(manifest);
  const value = Buffer.from(signature.value, "hex");
  return named.some(({ key }) => verify(null, bytes, key, value)) ? "valid" : "invalid";
}

const REASONS: Readonly<Record<Exclude<SignatureVerdict, "valid">, readonly [string, string]>> = {
  unsigned: [
    "the archive is not signed",
    "it was made without a signing key, or somebody removed the signature; use one that dump --sign-key made",
  ],
  "unknown-key": [
    "the archive was signed with another key",
    "give the public key of the host that makes the backups, or do not use this archive",
  ],
  "unknown-scheme": [
    "the archive is signed in a way that this version does not know",
    "use a newer nexushub-dump",
  ],
  invalid: [
    "the archive is not what its signature covers",
    "somebody changed it after it was signed; do not use it",
  ],
};

/**
 * Requires a valid signature by one of the keys.
 * @throws RefusedError (SIGNATURE) only when there is none.
 */
export function requireSignature(manifest: StoredManifest, keys: readonly VerifyKey[]): void {
  const verdict = checkSignature(manifest, keys);
  if (verdict === "valid") return;
  const [message, hint] = REASONS[verdict];
  throw new RefusedError("SIGNATURE", message, { object: "manifest", hint });
}
