/** What the ledger of the target records of a copy. Pure. */
import type { LedgerEntry } from "../backup-folder/ledger.ts";
import type { CopiedContents } from "./copy-file.ts";

/**
 * @param recorded what the source's ledger says; null when it does not list the backup.
 * @param contents null when only the bytes were compared: then the copy is as verified as the source was.
 * @returns null when nothing is known of it: an encrypted backup that no ledger lists.
 */
export function entryOfCopy(
  recorded: LedgerEntry | null,
  contents: CopiedContents,
  { archiveBytes, at }: { readonly archiveBytes: number; readonly at: Date },
): LedgerEntry | null {
  if (contents === null) return recorded === null ? null : { ...recorded, archiveBytes };
  const { damagedAt: _, ...entry } = recorded ?? { database: null, facts: undefined };
  return {
    ...entry,
    ...contents,
    database: entry.database ?? contents.database,
    // It also says which machine made it.
    facts: entry.facts ?? contents.facts,
    archiveBytes,
    verifiedAt: at.toISOString(),
  };
}
