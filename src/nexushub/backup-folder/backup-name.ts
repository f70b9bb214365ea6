/**
 * Names of NexusHub's backups: `nexushub-<UTC yyyymmddThhmmssZ>.tar.gz`, the pattern of NexusHub's former script with the
 * archive's extension; `….differential.tar.gz` for one that needs another backup. Pure.
 */

/** Whether it needs another backup, the archive's compression, then encryption. */
export type BackupExtension = `${"" | "differential."}tar${"" | ".gz" | ".zst"}${"" | ".age"}`;

/** The parts of a backup's name. */
export interface BackupName {
  readonly name: string;
  /** When the backup began, to the second. */
  readonly at: Date;
  readonly encrypted: boolean;
  /** Whether it needs a full backup, its base. */
  readonly isDifferential: boolean;
}

const PATTERN =
  /^nexushub-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.((?:differential\.)?tar(?:\.gz|\.zst)?(?:\.age)?)$/;

/** Returns the name of a backup that began at a time; fractions of a second are dropped. */
export function backupName(at: Date, extension: BackupExtension): string {
  return `nexushub-${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z.${extension}`;
}

/** The name of a backup of the same time that needs another one. */
export function differentialName(name: string): string {
  return name.replace("Z.tar", "Z.differential.tar");
}

/** Parses a file name; null when `backupName` would not return exactly this name. */
export function parseBackupName(name: string): BackupName | null {
  const [, year, month, day, hour, minute, second, extension] = PATTERN.exec(name) ?? [];
  if (extension === undefined) return null;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // February 31 is invalid or becomes a day of March: the name does not survive the round trip.
  if (Number.isNaN(at.getTime()) || backupName(at, extension as BackupExtension) !== name)
    return null;
  return {
    name,
    at,
    encrypted: extension.endsWith(".age"),
    isDifferential: extension.startsWith("differential."),
  };
}
