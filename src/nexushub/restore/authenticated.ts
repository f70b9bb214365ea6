/** Whether the key at hand vouches for an archive. Pure. */
import type { StoredManifest } from "../../archive/format/manifest.ts";
import { isNexushubDumpError } from "../../errors.ts";
import type { DetectedKey } from "../deployment/deployment.ts";
import { checkKey } from "../keys/manifest-key.ts";
import { parseKey } from "../keys/sealing-key.ts";

/** Whether the manifest has a MAC by the key, so that nobody without the key can have written or changed the archive. */
export function isAuthenticated(manifest: StoredManifest, detected: DetectedKey | null): boolean {
  if (detected === null) return false;
  try {
    return checkKey(manifest, parseKey(detected.value)) === "match";
  } catch (error) {
    if (isNexushubDumpError(error)) return false;
    throw error;
  }
}
