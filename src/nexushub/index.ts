/** The NexusHub profile's public names: deployment, backup, keys, retention, schedule, drill, doctor. */
export { backup } from "./backup/backup.ts";
export type {
  BackupCopy,
  BackupOptions,
  BackupResult,
  BackupReuse,
  ReuseSkipped,
  WhyFull,
} from "./backup/options.ts";
export { copyArchive } from "./copy/copy-archive.ts";
export { copyBackups } from "./copy/copy-backups.ts";
export type { CopiedArchive, CopyBackupsOptions, CopyOptions, CopyResult } from "./copy/options.ts";
export { defaultFolder } from "./backup-folder/default-folder.ts";
export {
  backupName,
  type BackupExtension,
  type BackupName,
  parseBackupName,
} from "./backup-folder/backup-name.ts";
export type {
  ComposeFacts,
  ContainerFacts,
  DeploymentFacts,
  FileFacts,
} from "./deployment/facts.ts";
export { decideDeployment } from "./deployment/decide.ts";
export type {
  Deployment,
  DeploymentShape,
  DetectedKey,
  Login,
  NoDeployment,
  Route,
} from "./deployment/deployment.ts";
export {
  type Check,
  type CheckStatus,
  doctor,
  type DoctorOptions,
  type DoctorReport,
} from "./doctor/doctor.ts";
export type { Finding } from "./doctor/finding.ts";
export { chooseBackup, nexusHubDrill, type NexusHubDrillOptions } from "./drill/nexushub-drill.ts";
export { type EnvDialect, type EnvFile, parseEnvFile } from "./deployment/env-file.ts";
export {
  checkKey,
  fingerprintKey,
  type KeyVerdict,
  type ManifestKey,
  sealManifest,
} from "./keys/manifest-key.ts";
export { type CiDumpResult, dumpForCi } from "./ci/dump-for-ci.ts";
export { CI_PASSWORD } from "./ci/preset.ts";
export { TEST_KEY } from "./demo-data/generate.ts";
export type { KeyState } from "./keys/key-check.ts";
export { type BackupMetrics, renderMetrics, writeMetrics } from "./backup/metrics.ts";
export type { DeploymentOptions } from "./deployment/options.ts";
export {
  type DetectedDeployment,
  findKey,
  type OpenDeployment,
  openDeployment,
} from "./deployment/open-deployment.ts";
export { type PeerConfigFacts, redactConfig, renderPeerConfig } from "./drill/peer-config.ts";
export { nexusHubProbes } from "./drill/probes.ts";
export type { NexusHubProbeOptions } from "./drill/options.ts";
export type { LockState } from "../store/lock-record.ts";
export { unlock, type UnlockOptions, type UnlockResult } from "./backup-folder/unlock.ts";
export { prune, type PruneOptions, type PruneResult } from "./retention/prune.ts";
export { guardRestore, type RestoreGuardOptions } from "./restore/guard.ts";
export { afterRestore } from "./restore/operator-steps.ts";
export {
  previewRestore,
  type RestorePreview,
  type TargetSession,
} from "./restore/target-preview.ts";
export { previewText, refuseWhileConnected } from "./restore/preview-text.ts";
export type { RetentionCandidate } from "./retention/candidate.ts";
export {
  decideRetention,
  type RetentionDecision,
  type RetentionContext,
  type RetentionPolicy,
} from "./retention/decide.ts";
export { crontabLine, type CrontabOptions } from "./schedule/cron.ts";
export type { ScheduledTask, ScheduleFile } from "./schedule/schedule-file.ts";
export { type ScheduleOptions, systemdUnits } from "./schedule/systemd.ts";
export { open, seal, SEALED_COLUMNS, type SealedColumn } from "./keys/sealed-value.ts";
export { parseKey } from "./keys/sealing-key.ts";
export { publicKeyOf } from "./keys/wireguard-key.ts";
export type { DrillRecord } from "./backup-folder/drill-history.ts";
export type { BackupFacts } from "./backup-folder/ledger.ts";
export { listFolder, type ListedBackup, type ListOptions, type ListResult } from "./list/list.ts";
export { hold, type HoldOptions, type HoldResult } from "./hold/hold.ts";
export {
  verifyFolder,
  type VerifiedBackup,
  type VerifyFolderOptions,
  type VerifyFolderResult,
} from "./verify-folder/verify-folder.ts";
export { recordDrill, type RecordDrillOptions } from "./drill/record-drill.ts";
export { undeleteNexusHub, type NexusHubUndeleteOptions } from "./undelete/undelete-nexushub.ts";
export { type FolderReport, reportFolder } from "./report/report-folder.ts";
export type { PageFacts, PageFinding, ReportOptions } from "./report/page-facts.ts";
