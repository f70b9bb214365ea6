/**
 * The names of NexusHub's backups: `nexushub-<UTC yyyymmddThhmmssZ>.tar.gz`, the old script's pattern with our
 * extension. Pure text, both ways; a name that does not come back the same is not one of ours.
 */

/** What follows the time: the archive's compression, then encryption. */
export type BackupExtension = `tar${"" | ".gz" | ".zst"}${"" | ".age"}`;

/** A name taken apart. */
export interface BackupName {
  readonly name: string;
  /** When the backup was begun, to the second. */
  readonly at: Date;
  readonly encrypted: boolean;
}

const PATTERN =
  /^nexushub-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.(tar(?:\.gz|\.zst)?(?:\.age)?)$/;

/** The name of a backup begun at a time; parts of a second are dropped. */
export function backupName(at: Date, extension: BackupExtension): string {
  return `nexushub-${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z.${extension}`;
}

/** Reads a file name; null when it is not exactly one that `backupName` gives. */
export function parseBackupName(name: string): BackupName | null {
  const [, year, month, day, hour, minute, second, extension] = PATTERN.exec(name) ?? [];
  if (extension === undefined) return null;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // A 31st of February is either invalid or slides into March: then the name does not come back.
  if (Number.isNaN(at.getTime()) || backupName(at, extension as BackupExtension) !== name)
    return null;
  return { name, at, encrypted: extension.endsWith(".age") };
}
