/** What is done to a manifest before it is written: an application's seal, then the signature. */
import type { SealManifest } from "../writer.ts";
import type { SignKey } from "./ed25519-key.ts";
import { signManifest } from "./signature.ts";

export interface SealOptions {
  /** Sets the manifest's `key`. */
  readonly seal?: SealManifest | undefined;
  readonly signKey?: SignKey | undefined;
}

/** The signature comes last: it covers the MAC of an application's key. Undefined when there is nothing to do. */
export function sealAndSign({ seal, signKey }: SealOptions): SealManifest | undefined {
  if (signKey === undefined) return seal;
  return (manifest) => signManifest(seal === undefined ? manifest : seal(manifest), signKey);
}
