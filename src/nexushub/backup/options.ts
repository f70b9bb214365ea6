/** Options and result of a backup. */
import type { AgeIdentities, AgeRecipients } from "../../archive/encryption/age.ts";
import type { SignKey, VerifyKey } from "../../archive/signing/ed25519-key.ts";
import type { DumpReuse } from "../../dump/options.ts";
import type { OnProgress } from "../../events.ts";
import type { Warning } from "../../warnings.ts";
import type { OpenDeployment } from "../deployment/open-deployment.ts";
import type { DeploymentOptions } from "../deployment/options.ts";
import type { KeyState } from "../keys/key-check.ts";
import type { RetentionDecision, RetentionPolicy } from "../retention/decide.ts";
import type { PathOrUrl } from "../../util/path-text.ts";

/** Options of `backup`. */
export interface BackupOptions extends DeploymentOptions {
  /** Folder for backups. Default: `/var/backups/nexushub` where `/var/lib/nexushub` exists, else `./backups`. */
  readonly folder?: PathOrUrl | undefined;
  /** Default: keep the newest 14. */
  readonly retention?: RetentionPolicy | undefined;
  /**
   * A folder, of this machine or of an object store, that gets a second copy of the backup, and of earlier ones of the same
   * database that it does not have. Default: none.
   */
  readonly copyTo?: PathOrUrl | undefined;
  /** Which backups are kept there. Default: as `retention` says. */
  readonly copyRetention?: RetentionPolicy | undefined;
  /** Called with the path of the new backup, which is complete, before it is copied. */
  readonly onCopy?: ((path: string) => void) | undefined;
  /** Encrypt with age. Default: no encryption. */
  readonly encryptTo?: AgeRecipients | undefined;
  /** Signs the archive; from `readSignKey`. Default: no signature. */
  readonly signKey?: SignKey | undefined;
  /**
   * As in `PruneOptions`: backups that none of these keys signed are kept and do not count. The new one must count, so
   * `signKey` must be one of them. From `readVerifyKeys`. Default: any backup counts.
   */
  readonly verifyKeys?: readonly VerifyKey[] | undefined;
  /** As in `DumpOptions`. */
  readonly compression?: string | undefined;
  /** As in `DumpOptions`. */
  readonly jobs?: number | undefined;
  /** As in `DumpOptions`. */
  readonly roles?: boolean | undefined;
  /**
   * First restore the schema into a throwaway database, on an embedded server or the one of `into`, and fail where that
   * fails. Default: false.
   */
  readonly prove?: boolean | undefined;
  /** With `prove`, the server on which the throwaway database is created. Default: an embedded server. */
  readonly into?: string | URL | undefined;
  /**
   * Whether rows that did not change since the newest verified backup in the folder are copied from it, as they are stored.
   * The new backup is complete all the same. Default: true.
   */
  readonly reuse?: boolean | undefined;
  /**
   * Whether rows that did not change since the newest verified full backup in the folder are left there: the new backup is
   * differential, and needs that one. Where it cannot be, it is full. Default: false.
   */
  readonly differential?: boolean | undefined;
  /** With `differential`, the age of the newest full backup from which on another one is made, in milliseconds. Default: a day. */
  readonly fullEveryMs?: number | undefined;
  /**
   * Opens encrypted earlier backups. Without it all rows are read from the server, and nothing shows who signed them.
   */
  readonly identities?: AgeIdentities | undefined;
  /** A `.prom` file for Prometheus' node exporter. Default: none. */
  readonly metricsFile?: PathOrUrl | undefined;
  /** Check everything, and write and remove nothing. Default: false. */
  readonly dryRun?: boolean | undefined;
  /** Default: the clock. */
  readonly now?: (() => Date) | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Why no earlier backup was reused: none is there, or it cannot be used; stable. */
export type ReuseSkipped =
  | "not-requested"
  | "no-backup"
  /** It is encrypted, and no identity was given. */
  | "encrypted"
  | "unreadable"
  /** Its manifest is not one that the sealing key of this host authenticated. */
  | "other-key";

/** Why a backup is full although a differential one was requested; stable. */
export type WhyFull =
  /** There is no full backup that was verified, or it cannot be used, as `reuseSkipped` says. */
  | "no-base"
  /** The newest full backup is old enough for another one. */
  | "due"
  /** Nothing could be left in the base; `reuse.refused` may say why. */
  | "nothing-unchanged";

/** What a backup reused of an earlier one. */
export interface BackupReuse extends DumpReuse {
  /** Name of the earlier backup. */
  readonly archive: string;
}

/** The second copy of backups. */
export interface BackupCopy {
  /** The folder. */
  readonly to: string;
  /** Names of the backups that were copied; with `dryRun`, of those that would be. */
  readonly copied: readonly string[];
  /** Size of those that were copied. */
  readonly archiveBytes: number;
  /** Names of the files that retention removed there; none with `dryRun`. */
  readonly removed: readonly string[];
  /** Backups there afterwards. */
  readonly archives: number;
}

/** The result of a backup. */
export interface BackupResult {
  /** The file; with `dryRun`, the path that would be written. */
  readonly path: string;
  /** Size of the file; with `dryRun`, an estimate. */
  readonly archiveBytes: number;
  /** COPY text of all relations, uncompressed; 0 with `dryRun`. */
  readonly bytes: number;
  /** 0 with `dryRun`. */
  readonly rows: number;
  /** Null when no earlier backup was reused, as `reuseSkipped` says, and with `dryRun`. */
  readonly reuse: BackupReuse | null;
  /** Null when an earlier backup was compared with the database, and with `dryRun`. */
  readonly reuseSkipped: ReuseSkipped | null;
  /** Name of the full backup that the new one needs; null when the new one is full. */
  readonly base: string | null;
  /** With `differential`, why the new backup is full; else null, and with `dryRun`. */
  readonly whyFull: WhyFull | null;
  readonly dryRun: boolean;
  /** Whether the file was read back and verified: true unless `dryRun` is set. */
  readonly verified: boolean;
  readonly encrypted: boolean;
  readonly deployment: Pick<OpenDeployment, "shape" | "route" | "why" | "notes">;
  readonly key: KeyState;
  /** Whether the archive records a fingerprint of the key. */
  readonly fingerprint: boolean;
  /** For every backup in the folder, newest first. */
  readonly decisions: readonly RetentionDecision[];
  /** Names of the files that retention removed; with `dryRun`, those that it would remove. */
  readonly removed: readonly string[];
  /** Backups in the folder afterwards. */
  readonly archives: number;
  /** Null without `copyTo`. */
  readonly copy: BackupCopy | null;
  readonly warnings: readonly Warning[];
  readonly elapsedMs: number;
}
