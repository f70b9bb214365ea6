/** Registers backups in the ledger that it does not list: copied from elsewhere, or written before the ledger was lost. */
import { archiveContents } from "../../archive/contents.ts";
import type { AgeIdentities } from "../../archive/encryption/age.ts";
import { openArchive } from "../../archive/reader.ts";
import type { ArchiveStore } from "../../archive/storage/store.ts";
import { isNexushubDumpError, throwIfAborted } from "../../errors.ts";
import { verify } from "../../verify/verify.ts";
import { factsOfContents } from "../backup-folder/backup-facts.ts";
import { originOf } from "../backup-folder/backup-origin.ts";
import { identityInManifest } from "../backup-folder/database-identity.ts";
import type { Ledger, LedgerEntry } from "../backup-folder/ledger.ts";
import { listBackups } from "../backup-folder/list-backups.ts";

export interface RegisterOptions {
  readonly now: Date;
  /** Open encrypted backups. */
  readonly identities?: AgeIdentities | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Verifies every backup that the ledger does not list, or lists without its database, and adds those that are intact.
 * Damaged and foreign files, and encrypted ones that the identities do not open, stay unlisted, and so do differential ones whose base is missing: retention keeps them.
 * @returns the new ledger, not yet written.
 */
export async function registerBackups(
  folder: string,
  ledger: Ledger,
  { now, identities, signal }: RegisterOptions,
): Promise<Ledger> {
  const backups = { ...ledger.backups };
  for (const file of await listBackups(folder, ledger)) {
    throwIfAborted(signal, "while verifying backups");
    const { name, archiveBytes, entry } = file;
    const isComplete = entry !== null && entry.database !== null && entry.sha256 !== null;
    const origin = originOf(file, identities);
    if (isComplete || origin === null) continue;
    try {
      await verify(origin, { signal });
      const facts = await readArchiveFacts(origin, signal);
      backups[name] = { ...entry, archiveBytes, verifiedAt: now.toISOString(), ...facts };
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
    }
  }
  return { ...ledger, backups };
}

/** What an archive itself says of what a ledger records. */
export type ArchiveFacts = Pick<LedgerEntry, "database" | "sha256" | "base" | "facts">;

/** Reads the manifest alone. @throws as `openArchive` does. */
export async function readArchiveFacts(
  archive: string | ArchiveStore,
  signal: AbortSignal | undefined,
): Promise<ArchiveFacts> {
  const reader = await openArchive(archive, { signal, rows: false });
  try {
    const { manifest, sha256 } = reader;
    return {
      database: identityInManifest(manifest),
      sha256,
      base: manifest.base?.sha256 ?? null,
      facts: factsOfContents(archiveContents(manifest)),
    };
  } finally {
    await reader.close();
  }
}
