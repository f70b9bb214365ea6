/** Whether the key at hand vouches for an archive. */
import { openArchive } from "../../archive/reader.ts";
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { isNexushubDumpError } from "../../errors.ts";
import type { DetectedKey } from "../deployment/deployment.ts";
import { checkKey } from "../keys/manifest-key.ts";
import { parseKey } from "../keys/sealing-key.ts";

/** Whether the archive has a MAC by the key, so that nobody without the key can have written or changed it. */
export async function isAuthenticated(
  archive: ArchiveOrigin,
  detected: DetectedKey | null,
  signal?: AbortSignal,
): Promise<boolean> {
  if (detected === null) return false;
  const reader = await openArchive(archive, { signal, rows: false });
  try {
    return checkKey(reader.storedManifest, parseKey(detected.value)) === "match";
  } catch (error) {
    if (isNexushubDumpError(error)) return false;
    throw error;
  } finally {
    await reader.close();
  }
}
