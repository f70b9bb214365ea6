/** Registers backups in the ledger that it does not list: copied from elsewhere, or written before the ledger was lost. */
import { openArchive } from "../../archive/reader.ts";
import { isNexushubDumpError, throwIfAborted } from "../../errors.ts";
import { verify } from "../../verify/verify.ts";
import { identityInManifest } from "../backup-folder/database-identity.ts";
import type { Ledger, LedgerEntry } from "../backup-folder/ledger.ts";
import { listBackups } from "../backup-folder/list-backups.ts";

export interface RegisterOptions {
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Verifies every backup that the ledger does not list, or lists without its database, and adds those that are intact.
 * Damaged, foreign and encrypted files stay unlisted, and so do differential ones whose base is missing: retention keeps them.
 * @returns the new ledger, not yet written.
 */
export async function registerBackups(
  folder: string,
  ledger: Ledger,
  { now, signal }: RegisterOptions,
): Promise<Ledger> {
  const backups = { ...ledger.backups };
  for (const { name, path, archiveBytes, entry, encrypted } of await listBackups(folder, ledger)) {
    throwIfAborted(signal, "while verifying backups");
    const isComplete = entry !== null && entry.database !== null && entry.sha256 !== null;
    if (isComplete || encrypted) continue;
    try {
      await verify(path, { signal });
      const facts = await readFacts(path, signal);
      backups[name] = { archiveBytes, verifiedAt: now.toISOString(), ...facts };
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
    }
  }
  return { ...ledger, backups };
}

async function readFacts(
  path: string,
  signal: AbortSignal | undefined,
): Promise<Pick<LedgerEntry, "database" | "sha256" | "base">> {
  const reader = await openArchive(path, { signal, rows: false });
  try {
    const { manifest, sha256 } = reader;
    return {
      database: identityInManifest(manifest),
      sha256,
      base: manifest.base?.sha256 ?? null,
    };
  } finally {
    await reader.close();
  }
}
