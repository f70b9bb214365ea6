/** Which backups of a folder a required key signed. */
import { type AgeIdentities, decryptArchive } from "../../archive/encryption/age.ts";
import { openArchive } from "../../archive/reader.ts";
import type { VerifyKey } from "../../archive/signing/ed25519-key.ts";
import { requireSigned } from "../../archive/signing/signed-archive.ts";
import { isNexushubDumpError } from "../../errors.ts";
import type { BackupFile } from "../backup-folder/list-backups.ts";

export interface SignatureRules {
  /** One of these must have signed a backup. Default: none must, and nothing is read. */
  readonly verifyKeys?: readonly VerifyKey[] | undefined;
  /** Open backups that are encrypted; without them their signatures cannot be read. */
  readonly identities?: AgeIdentities | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads the manifest alone. An archive that cannot be read is not signed by anybody, as far as is known. */
export async function isSignedBackup(
  { path, encrypted }: Pick<BackupFile, "path" | "encrypted">,
  { verifyKeys, identities, signal }: SignatureRules,
): Promise<boolean> {
  if (verifyKeys === undefined) return true;
  const origin = encrypted && identities !== undefined ? decryptArchive(path, identities) : path;
  try {
    const reader = await openArchive(requireSigned(origin, verifyKeys), { signal, rows: false });
    await reader.close();
    return true;
  } catch (error) {
    if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
    return false;
  }
}
