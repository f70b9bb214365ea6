/** Is the key at hand that of the archive? Asked before a restore, because afterwards it is too late for the old contents. */
import type { StoredManifest } from "../../archive/format/manifest.ts";
import { openArchive } from "../../archive/reader.ts";
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { ArchiveError, isNexushubDumpError, RefusedError } from "../../errors.ts";
import type { DetectedKey } from "../deployment/deployment.ts";
import { checkKey } from "../keys/manifest-key.ts";
import { KEY_VARIABLE, parseKey } from "../keys/sealed-value.ts";

export interface RestoreGuardOptions {
  /** Let an archive of another key pass, with a warning. Default: false. */
  readonly allowKeyMismatch?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares the archive's fingerprint with the key at hand. An archive without a fingerprint passes.
 * @returns warnings, for people.
 * @throws RefusedError (KEY_MISMATCH) only when it is another key; ArchiveError when the key fits and the archive was
 *   changed by someone without it, or is damaged.
 */
export async function guardRestore(
  archive: ArchiveOrigin,
  found: DetectedKey | null,
  { allowKeyMismatch = false, signal }: RestoreGuardOptions = {},
): Promise<string[]> {
  const reader = await openArchive(archive, { signal });
  try {
    return compare(reader.storedManifest, found, allowKeyMismatch);
  } finally {
    await reader.close();
  }
}

function compare(
  manifest: StoredManifest,
  found: DetectedKey | null,
  allowKeyMismatch: boolean,
): string[] {
  if (manifest.key === null) return [];
  if (found === null)
    return [`${KEY_VARIABLE} is not at hand: whether it is the archive's was not checked`];
  const key = readKey(found);
  if (typeof key === "string") return [key];
  const verdict = checkKey(manifest, key);
  if (verdict === "changed") {
    throw new ArchiveError("the archive was changed by someone who does not have its key", {
      object: "manifest",
      hint: "use another backup, and find out who could write to this one",
    });
  }
  if (verdict === "unknown-scheme")
    return ["the archive's fingerprint of its key is of a newer kind: it was not checked"];
  if (verdict !== "wrong-key") return [];
  if (allowKeyMismatch)
    return [`${found.from} is not the archive's: its sealed values will not open with it`];
  throw new RefusedError(
    "KEY_MISMATCH",
    `${found.from} is not the key that was in use when the dump was taken`,
    {
      object: "manifest",
      hint: "put the old key in its place first; without it no private key of the archive can be read. --allow-key-mismatch restores all the same",
    },
  );
}

/** The key's bytes, or why there are none. */
function readKey(found: DetectedKey): Uint8Array | string {
  try {
    return parseKey(found.value);
  } catch (error) {
    if (!isNexushubDumpError(error)) throw error;
    return `${found.from}: ${error.message}; whether it is the archive's was not checked`;
  }
}
