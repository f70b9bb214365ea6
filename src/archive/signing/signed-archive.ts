/** An archive that must be signed, as something that every operation reads: none of them needs to know of signatures. */
import { UsageError } from "../../errors.ts";
import { readOnlyStore } from "../storage/read-only-store.ts";
import type { ArchiveOrigin } from "../storage/source.ts";
import type { ArchiveStore } from "../storage/store.ts";
import type { VerifyKey } from "./ed25519-key.ts";

export interface SignedArchive extends ArchiveStore {
  /** One of these must have signed the manifest. */
  readonly verifyKeys: readonly VerifyKey[];
}

/**
 * The same archive, readable only if one of the keys signed it. An encrypted one is decrypted first:
 * `requireSigned(decryptArchive(path, identities), keys)`.
 * @param keys from `readVerifyKeys`.
 * @throws UsageError when there are no keys; (on open) RefusedError (SIGNATURE) only when it is not signed, or signed by another key, or was changed after.
 */
export function requireSigned(origin: ArchiveOrigin, keys: readonly VerifyKey[]): SignedArchive {
  // Without keys nothing would be required.
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every((each) => "key" in Object(each)))
    throw new UsageError("requireSigned: the keys are not those that readVerifyKeys returns");
  return {
    // Loaded when it is opened: importing the library is cheap.
    ...readOnlyStore(async () => (await import("../storage/source.ts")).openSource(origin)),
    verifyKeys: keys,
  };
}

/** The keys of which one must have signed the archive; undefined where any archive will do. */
export function requiredKeys(origin: ArchiveOrigin): readonly VerifyKey[] | undefined {
  return typeof origin === "object" && "verifyKeys" in origin
    ? (origin as SignedArchive).verifyKeys
    : undefined;
}
