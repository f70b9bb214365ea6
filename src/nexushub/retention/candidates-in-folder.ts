/** The backups of a folder as retention sees them, and what it says of those that it does not count. */
import { type Warning, warning } from "../../warnings.ts";
import { type DrillRecord, lastDrillOf } from "../backup-folder/drill-history.ts";
import type { Ledger } from "../backup-folder/ledger.ts";
import { type BackupFile, listBackups } from "../backup-folder/list-backups.ts";
import { withoutBase } from "./bases.ts";
import type { RetentionCandidate } from "./candidate.ts";
import { isSignedBackup, type SignatureRules } from "./signed.ts";

/** @param drills the history of the folder's drills. */
export function candidateOf(
  { name, at, entry, isDifferential }: BackupFile,
  drills: readonly DrillRecord[] = [],
): RetentionCandidate {
  const sha256 = entry?.sha256 ?? null;
  const until = entry?.hold?.until;
  return {
    name,
    at,
    isRecorded: entry !== null,
    isVerified: (entry?.verifiedAt ?? null) !== null,
    database: entry?.database ?? null,
    sha256,
    isDifferential,
    base: entry?.base ?? null,
    isDamaged: entry?.damagedAt !== undefined,
    isDrilled: lastDrillOf(drills, { name, sha256 })?.ok === true,
    heldUntil: until === undefined || until === null ? until : new Date(until),
  };
}

export async function listCandidates(
  folder: string,
  ledger: Ledger,
  rules: SignatureRules,
): Promise<RetentionCandidate[]> {
  return candidatesOf(await listBackups(folder, ledger), ledger.drills, rules);
}

/** @param drills the history of the drills in the folder that the rules are for. */
export async function candidatesOf(
  files: readonly BackupFile[],
  drills: readonly DrillRecord[] | undefined,
  rules: SignatureRules,
): Promise<RetentionCandidate[]> {
  const candidates: RetentionCandidate[] = [];
  for (const file of files) {
    const isSigned = await isSignedBackup(file, rules);
    candidates.push({ ...candidateOf(file, drills), isSigned });
  }
  return candidates;
}

/** Warnings about backups that no required key signed, and about differential ones that cannot be restored. */
export function notCounted(candidates: readonly RetentionCandidate[]): Warning[] {
  const unsigned = candidates.filter(({ isSigned }) => isSigned === false);
  return [
    ...unsigned.map(({ name }) =>
      warning(
        "unsigned-archive",
        name,
        `${name} is not signed by a required key: it is kept, and does not count`,
      ),
    ),
    ...missingBases(candidates),
  ];
}

/** Warnings about differential backups that cannot be restored. */
function missingBases(candidates: readonly RetentionCandidate[]): Warning[] {
  return withoutBase(candidates).map((name) =>
    warning(
      "base-missing",
      name,
      `${name} cannot be restored: the full backup that it needs is missing`,
    ),
  );
}
