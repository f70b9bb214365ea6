/** The schemas of all options that this entry's functions take. Their meanings are with the interfaces. */
import { pathOption, pathTextOption } from "../../arguments/archive.ts";
import type { OptionTypes } from "../../arguments/check-options.ts";
import {
  abortSignal,
  callback,
  count,
  duration,
  environment,
  flag,
  instanceOrText,
  list,
  objectOf,
  oneOf,
  positiveInteger,
  text,
  textByName,
  unchecked,
} from "../../arguments/option-types.ts";
import {
  connectionText,
  AGE_IDENTITIES,
  AGE_RECIPIENTS,
  DRILL_OPTIONS,
  onProgress,
  signKey,
  UNDELETE_OPTIONS,
} from "../../arguments/schemas.ts";
import type { UnlockOptions } from "../backup-folder/unlock.ts";
import type { BackupOptions } from "../backup/options.ts";
import type { CopyBackupsOptions, CopyOptions } from "../copy/options.ts";
import type { DeploymentOptions } from "../deployment/options.ts";
import type { DoctorOptions } from "../doctor/doctor.ts";
import type { NexusHubDrillOptions } from "../drill/nexushub-drill.ts";
import type { NexusHubProbeOptions } from "../drill/options.ts";
import type { RecordDrillOptions } from "../drill/record-drill.ts";
import type { HoldOptions } from "../hold/hold.ts";
import type { ListOptions } from "../list/list.ts";
import type { ReportOptions } from "../report/page-facts.ts";
import type { RestoreGuardOptions } from "../restore/guard.ts";
import type { PreviewOptions } from "../restore/target-preview.ts";
import type { RetentionContext, RetentionPolicy } from "../retention/decide.ts";
import type { PruneOptions } from "../retention/prune.ts";
import type { CrontabOptions } from "../schedule/cron.ts";
import type { ScheduleOptions } from "../schedule/systemd.ts";
import type { NexusHubUndeleteOptions } from "../undelete/undelete-nexushub.ts";
import type { VerifyFolderOptions } from "../verify-folder/verify-folder.ts";
import { detectedKey } from "./facts.ts";
import { clock, command, date, optionsObject, sealingKey, verifyKeys } from "./value-types.ts";

const identities = optionsObject(AGE_IDENTITIES);

export const RETENTION_POLICY: OptionTypes<RetentionPolicy> = {
  keep: count,
  keepWithinMs: count,
  keepDays: count,
  keepHourly: count,
  keepDaily: count,
  keepWeekly: count,
  keepMonthly: count,
  keepYearly: count,
  keepDrilled: count,
};
const retention = optionsObject(RETENTION_POLICY);

export const RETENTION_CONTEXT: OptionTypes<RetentionContext> = { now: date, database: text };

export const DEPLOYMENT_OPTIONS: OptionTypes<DeploymentOptions> = {
  databaseUrl: instanceOrText(URL, "a text or a URL"),
  envFile: pathOption,
  composeFile: pathOption,
  env: environment,
  cwd: pathOption,
  signal: abortSignal,
};

export const BACKUP_OPTIONS: OptionTypes<BackupOptions> = {
  ...DEPLOYMENT_OPTIONS,
  folder: pathOption,
  retention,
  copyTo: pathOption,
  copyRetention: retention,
  onCopy: callback<NonNullable<BackupOptions["onCopy"]>>(),
  encryptTo: optionsObject(AGE_RECIPIENTS),
  signKey,
  verifyKeys,
  compression: text,
  jobs: positiveInteger,
  roles: flag,
  prove: flag,
  into: connectionText,
  reuse: flag,
  differential: flag,
  fullEveryMs: duration,
  identities,
  metricsFile: pathOption,
  dryRun: flag,
  now: clock,
  onProgress,
};

export const COPY_OPTIONS: OptionTypes<CopyOptions> = {
  identities,
  signal: abortSignal,
  onProgress,
  onArchive: callback<NonNullable<CopyOptions["onArchive"]>>(),
  now: clock,
};

export const COPY_BACKUPS_OPTIONS: OptionTypes<CopyBackupsOptions> = {
  ...COPY_OPTIONS,
  newest: positiveInteger,
};

export const PRUNE_OPTIONS: OptionTypes<PruneOptions> = {
  retention,
  dryRun: flag,
  adopt: flag,
  verifyKeys,
  identities,
  now: date,
  signal: abortSignal,
};

export const LIST_OPTIONS: OptionTypes<ListOptions> = {
  retention,
  identities,
  now: date,
  signal: abortSignal,
};

export const REPORT_OPTIONS: OptionTypes<ReportOptions> = {
  ...LIST_OPTIONS,
  maxDrillAgeMs: duration,
};

export const HOLD_OPTIONS: OptionTypes<HoldOptions> = { until: date, release: flag, now: date };
export const UNLOCK_OPTIONS: OptionTypes<UnlockOptions> = { force: flag };

export const VERIFY_FOLDER_OPTIONS: OptionTypes<VerifyFolderOptions> = {
  newest: count,
  leastRecentlyChecked: count,
  identities,
  verifyKeys,
  signal: abortSignal,
  onProgress,
  onBackup: callback<NonNullable<VerifyFolderOptions["onBackup"]>>(),
  now: clock,
};

export const DOCTOR_OPTIONS: OptionTypes<DoctorOptions> = {
  ...DEPLOYMENT_OPTIONS,
  folder: pathOption,
  maxDrillAgeMs: duration,
  now: date,
};

export const PROBE_OPTIONS: OptionTypes<NexusHubProbeOptions> = {
  key: sealingKey,
  peer: text,
  reveal: flag,
  wgEndpoint: text.nullable(),
  maxAuditAgeMs: duration,
  now: date,
};

const { probes: _, ...drillOptions } = DRILL_OPTIONS;
export const NEXUSHUB_DRILL_OPTIONS: OptionTypes<NexusHubDrillOptions> = {
  ...drillOptions,
  ...PROBE_OPTIONS,
  decrypt: identities,
  allowPlain: flag,
  verifyKeys,
};

export const RECORD_DRILL_OPTIONS: OptionTypes<RecordDrillOptions> = { signKey };
export const PREVIEW_OPTIONS: OptionTypes<PreviewOptions> = {
  tables: list(
    objectOf({ namespace: text, name: text }, "an object with namespace and name"),
    "tables, each with namespace and name",
  ),
  signal: abortSignal,
};

const allowed = { allowKeyMismatch: flag, allowUnkeyed: flag, allowFixture: flag };

export const GUARD_OPTIONS: OptionTypes<RestoreGuardOptions> = {
  // A database like that of an argument, and checked as one.
  target: unchecked<NonNullable<RestoreGuardOptions["target"]>>(),
  ...allowed,
  env: environment,
  signal: abortSignal,
};

export const NEXUSHUB_UNDELETE_OPTIONS: OptionTypes<NexusHubUndeleteOptions> = {
  ...UNDELETE_OPTIONS,
  peer: text,
  user: text,
  rows: textByName,
  key: detectedKey.nullable(),
  wgEndpoint: text.nullable(),
  ...allowed,
  env: environment,
};

export const CRONTAB_OPTIONS: OptionTypes<CrontabOptions> = {
  minute: count,
  hour: count,
  when: text,
  log: pathTextOption,
};

export const SCHEDULE_OPTIONS: OptionTypes<ScheduleOptions> = {
  task: oneOf(["backup", "drill"]),
  command,
  writes: list(pathTextOption, "paths"),
  onCalendar: text,
  delaySeconds: count,
  envFile: pathTextOption,
  failureCommand: command,
  docker: flag,
};
