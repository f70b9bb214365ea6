/** Verifies an archive that is copied by its own checksums, and reads what a folder's ledger records of it. */
import { withBase } from "../../archive/base/with-base.ts";
import { decryptArchive, isEncrypted } from "../../archive/encryption/age.ts";
import { isNexushubDumpError, MismatchError } from "../../errors.ts";
import { verify } from "../../verify/verify.ts";
import type { LedgerEntry } from "../backup-folder/ledger.ts";
import { type ArchiveFacts, readArchiveFacts } from "../retention/register.ts";
import type { CopyOptions } from "./options.ts";

/** An archive, and what is known of it. */
export interface KnownArchive {
  /** Where it is read: a path, or the address in an object store. */
  readonly path: string;
  /** What the ledger beside it records; null when it is not listed. */
  readonly entry: LedgerEntry | null;
  /** Where its base is, when that is not beside it; null when it is, or when it needs none. */
  readonly base: string | null;
}

/**
 * @returns null for an encrypted archive that the identities do not open.
 * @throws ArchiveError when it is damaged; RefusedError (BASE_MISSING) when its base is not there; MismatchError when it is
 *   another archive than the ledger lists.
 */
export async function verifyContents(
  { path, entry, base }: KnownArchive,
  { identities, signal }: CopyOptions,
): Promise<ArchiveFacts | null> {
  const located = base === null ? path : withBase(path, base);
  const encrypted = await isEncrypted(path);
  if (encrypted && identities === undefined) return null;
  const origin = encrypted ? decryptArchive(located, identities!) : located;
  const facts = await readArchiveFacts(origin, signal).catch((error: unknown) => {
    if (encrypted && isNexushubDumpError(error) && error.code === "KEY_MISMATCH") return null;
    throw error;
  });
  if (facts === null) return null;
  const recorded = entry?.sha256 ?? null;
  if (recorded !== null && recorded !== facts.sha256)
    throw new MismatchError(`${path} is another archive than the folder's list of backups says`, {
      object: path,
      hint: "somebody replaced it: see where it comes from",
    });
  // The archive of this digest was verified: then its stored bytes need to be compared only.
  const isVerified = recorded !== null && (entry?.verifiedAt ?? null) !== null;
  await verify(origin, { signal, isKnown: isVerified ? () => true : undefined });
  return facts;
}
