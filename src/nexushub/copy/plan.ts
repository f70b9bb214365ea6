/** Decides which backups of a folder are copied into another one. Pure. */
import { formatBytes } from "../../util/format.ts";
import type { Ledger } from "../backup-folder/ledger.ts";
import type { BackupFile } from "../backup-folder/list-backups.ts";
import { neededBases } from "../retention/bases.ts";
import type { RetentionCandidate } from "../retention/candidate.ts";
import { candidateOf } from "../retention/candidates-in-folder.ts";

/** What is known of a folder. */
export interface FolderState {
  /** Newest first. */
  readonly files: readonly BackupFile[];
  readonly ledger: Ledger;
}

/** What to do for one backup. */
export interface CopyStep {
  readonly file: BackupFile;
  /** "check": the target has a file of its name and size that its ledger does not list, left by a killed run. */
  readonly action: "copy" | "check" | "refuse";
  /** Why it is refused; else null. */
  readonly problem: CopyProblem | null;
  /** Names of the full backups of which the target must have one; empty for a full one. */
  readonly bases: readonly string[];
}

/** Why there will be no copy. */
export interface CopyProblem {
  readonly code: "ARCHIVE_DAMAGED" | "BASE_MISSING" | "OUTPUT";
  readonly message: string;
}

export interface CopyPlan {
  /** The newest first, each after the full backup that it needs. */
  readonly steps: readonly CopyStep[];
  /** How many the target has. */
  readonly present: number;
}

/** @param isChosen of the backups of the source; the full ones that they need are copied too. */
export function planCopies(
  source: FolderState,
  target: FolderState,
  isChosen: (file: BackupFile) => boolean,
): CopyPlan {
  const targetByName = new Map(target.files.map((file) => [file.name, file]));
  const sourceByName = new Map(source.files.map((file) => [file.name, file]));
  const bases = basesByName(source, target);
  const steps = new Map<string, CopyStep>();
  let present = 0;
  const add = (file: BackupFile): void => {
    if (steps.has(file.name)) return;
    const step = stepFor(file, { source, target, existing: targetByName.get(file.name) });
    const needed = bases.get(file.name);
    // What is there needs no base from here.
    if (step === null) {
      present++;
      return;
    }
    const isOrphan = step.action !== "refuse" && needed?.length === 0;
    for (const base of isOrphan ? [] : (needed ?? [])) {
      const inSource = sourceByName.get(base);
      const isListed = (targetByName.get(base)?.entry ?? null) !== null;
      if (inSource !== undefined && !isListed) add(inSource);
    }
    steps.set(file.name, {
      ...(isOrphan
        ? refusal(file, "BASE_MISSING", "the full backup that it needs is missing")
        : step),
      bases: needed ?? [],
    });
  };
  source.files.filter(isChosen).forEach(add);
  return { steps: [...steps.values()], present };
}

/** For each differential backup the full ones that are its base, or may be it, in either folder. */
function basesByName(
  source: FolderState,
  target: FolderState,
): ReadonlyMap<string, readonly string[]> {
  const inSource = new Set(source.files.map(({ name }) => name));
  const candidates: RetentionCandidate[] = [
    ...source.files,
    ...target.files.filter(({ name }) => !inSource.has(name)),
  ].map((file) => candidateOf(file));
  return new Map(
    [...neededBases(candidates)].map(([{ name }, { bases }]) => [
      name,
      bases.map((base) => base.name),
    ]),
  );
}

interface Facts {
  readonly source: FolderState;
  readonly target: FolderState;
  readonly existing: BackupFile | undefined;
}

/** Null for a backup that the target has. */
function stepFor(
  file: BackupFile,
  { source, target, existing }: Facts,
): Omit<CopyStep, "bases"> | null {
  const written = source.ledger.backups[file.name]?.archiveBytes;
  if (existing === undefined) {
    if (written !== undefined && written !== file.archiveBytes)
      return refusal(file, "ARCHIVE_DAMAGED", sizes(file.archiveBytes, written));
    if (file.entry?.damagedAt !== undefined)
      return refusal(file, "ARCHIVE_DAMAGED", "a verification met damage in it");
    return { file, action: "copy", problem: null };
  }
  const copied = target.ledger.backups[file.name]?.archiveBytes;
  if (copied !== undefined && copied !== existing.archiveBytes)
    return refusal(file, "OUTPUT", damagedCopy(sizes(existing.archiveBytes, copied)));
  if (existing.entry?.damagedAt !== undefined)
    return refusal(file, "OUTPUT", damagedCopy("a verification met damage in it"));
  if (!isSame(file, existing))
    return refusal(
      file,
      "OUTPUT",
      "another backup of this name is there: copy into another folder",
    );
  return existing.entry === null ? { file, action: "check", problem: null } : null;
}

function damagedCopy(why: string): string {
  return `the copy is damaged: ${why}; remove it, and copy again`;
}

function sizes(bytes: number, written: number): string {
  return `it has ${formatBytes(bytes)}, but ${formatBytes(written)} were written`;
}

/** As far as the two ledgers and the sizes tell. */
function isSame(file: BackupFile, existing: BackupFile): boolean {
  const [ofFile, ofExisting] = [file.entry?.sha256 ?? null, existing.entry?.sha256 ?? null];
  if (ofFile !== null && ofExisting !== null && ofFile !== ofExisting) return false;
  return file.archiveBytes === existing.archiveBytes;
}

function refusal(
  file: BackupFile,
  code: CopyProblem["code"],
  message: string,
): Omit<CopyStep, "bases"> {
  return { file, action: "refuse", problem: { code, message } };
}
