/** What retention knows of a backup. Pure. */

/** A file in the backup folder with the name of a backup. */
export interface RetentionCandidate {
  readonly name: string;
  /** The time in its name. */
  readonly at: Date;
  /** Whether the ledger records that nexushub-dump wrote it; the name alone does not tell. */
  readonly isRecorded: boolean;
  /** Whether it was read back and verified, and has not changed since. */
  readonly isVerified: boolean;
  /** The identity of its database; null when it is not known. The rules apply to each database separately. */
  readonly database: string | null;
  /** False when signatures are required, and no required key signed it. Default: true. */
  readonly isSigned?: boolean | undefined;
  /** The digest by which differential backups refer to it. Default: null, not known. */
  readonly sha256?: string | null | undefined;
  /** Whether it needs a full backup, its base. Default: false. */
  readonly isDifferential?: boolean | undefined;
  /** The digest of its base. Default: null, not known, or it needs none. */
  readonly base?: string | null | undefined;
  /** Whether a verification met damage. Default: false. */
  readonly isDamaged?: boolean | undefined;
  /** Whether its last drill passed. Default: false. */
  readonly isDrilled?: boolean | undefined;
  /** It is kept until this time; null: until it is released. Default: it is not held. */
  readonly heldUntil?: Date | null | undefined;
}

/** Whether a hold lasts. */
export function isHeld({ heldUntil }: Pick<RetentionCandidate, "heldUntil">, now: Date): boolean {
  return heldUntil === null || (heldUntil !== undefined && heldUntil > now);
}
