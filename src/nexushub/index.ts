/** The NexusHub profile's public names: deployment, backup, keys, retention, schedule, drill, doctor. */
export {
  backup,
  backupName,
  chooseBackup,
  copyArchive,
  copyBackups,
  crontabLine,
  decideRetention,
  defaultFolder,
  hold,
  listFolder,
  nexusHubDrill,
  nexusHubProbes,
  parseBackupName,
  prune,
  recordDrill,
  renderMetrics,
  reportFolder,
  systemdUnits,
  unlock,
  verifyFolder,
  writeMetrics,
} from "./functions/backups.ts";
export {
  afterRestore,
  checkKey,
  decideDeployment,
  doctor,
  dumpForCi,
  findKey,
  fingerprintKey,
  guardRestore,
  open,
  openDeployment,
  parseEnvFile,
  parseKey,
  previewRestore,
  previewText,
  publicKeyOf,
  redactConfig,
  refuseWhileConnected,
  renderPeerConfig,
  seal,
  sealManifest,
  undeleteNexusHub,
} from "./functions/deployments.ts";
export type {
  BackupCopy,
  BackupOptions,
  BackupResult,
  BackupReuse,
  ReuseSkipped,
  WhyFull,
} from "./backup/options.ts";
export type { CopiedArchive, CopyBackupsOptions, CopyOptions, CopyResult } from "./copy/options.ts";
export type { BackupExtension, BackupName } from "./backup-folder/backup-name.ts";
export type {
  ComposeFacts,
  ContainerFacts,
  DeploymentFacts,
  FileFacts,
} from "./deployment/facts.ts";
export type {
  Deployment,
  DeploymentShape,
  DetectedKey,
  Login,
  NoDeployment,
  Route,
} from "./deployment/deployment.ts";
export type { Check, CheckStatus, DoctorOptions, DoctorReport } from "./doctor/doctor.ts";
export type { Finding } from "./doctor/finding.ts";
export type { NexusHubDrillOptions } from "./drill/nexushub-drill.ts";
export type { EnvDialect, EnvFile } from "./deployment/env-file.ts";
export type { KeyVerdict, ManifestKey } from "./keys/manifest-key.ts";
export type { CiDumpResult } from "./ci/dump-for-ci.ts";
export { CI_PASSWORD } from "./ci/preset.ts";
export { TEST_KEY } from "./demo-data/generate.ts";
export type { KeyState } from "./keys/key-check.ts";
export type { BackupMetrics } from "./backup/metrics.ts";
export type { PathOrUrl } from "../util/path-text.ts";
export type { DeploymentOptions } from "./deployment/options.ts";
export type { DetectedDeployment, OpenDeployment } from "./deployment/open-deployment.ts";
export type { PeerConfigFacts } from "./drill/peer-config.ts";
export type { NexusHubProbeOptions } from "./drill/options.ts";
export type { LockState } from "../store/lock-record.ts";
export type { UnlockOptions, UnlockResult } from "./backup-folder/unlock.ts";
export type { PruneOptions, PruneResult } from "./retention/prune.ts";
export type { RestoreGuardOptions } from "./restore/guard.ts";
export type { PreviewOptions, RestorePreview, TargetSession } from "./restore/target-preview.ts";
export type { RetentionCandidate } from "./retention/candidate.ts";
export type { RetentionDecision, RetentionContext, RetentionPolicy } from "./retention/decide.ts";
export type { CrontabOptions } from "./schedule/cron.ts";
export type { ScheduledTask, ScheduleFile } from "./schedule/schedule-file.ts";
export type { ScheduleOptions } from "./schedule/systemd.ts";
export { SEALED_COLUMNS, type SealedColumn } from "./keys/sealed-value.ts";
export type { DrillRecord } from "./backup-folder/drill-history.ts";
export type { BackupFacts } from "./backup-folder/ledger.ts";
export type { ListedBackup, ListOptions, ListResult } from "./list/list.ts";
export type { HoldOptions, HoldResult } from "./hold/hold.ts";
export type {
  VerifiedBackup,
  VerifyFolderOptions,
  VerifyFolderResult,
} from "./verify-folder/verify-folder.ts";
export type { RecordDrillOptions } from "./drill/record-drill.ts";
export type { NexusHubUndeleteOptions } from "./undelete/undelete-nexushub.ts";
export type { FolderReport } from "./report/report-folder.ts";
export type { PageFacts, PageFinding, ReportOptions } from "./report/page-facts.ts";

// The types of the functions, for wrappers and test doubles. Declarations that TypeScript writes for users name them too.
export type {
  backupName as BackupNameFunction,
  parseBackupName as ParseBackupNameFunction,
} from "./backup-folder/backup-name.ts";
export type { defaultFolder as DefaultFolderFunction } from "./backup-folder/default-folder.ts";
export type { unlock as UnlockFunction } from "./backup-folder/unlock.ts";
export type { backup as BackupFunction } from "./backup/backup.ts";
export type {
  renderMetrics as RenderMetricsFunction,
  writeMetrics as WriteMetricsFunction,
} from "./backup/metrics.ts";
export type { dumpForCi as DumpForCiFunction } from "./ci/dump-for-ci.ts";
export type { copyArchive as CopyArchiveFunction } from "./copy/copy-archive.ts";
export type { copyBackups as CopyBackupsFunction } from "./copy/copy-backups.ts";
export type { decideDeployment as DecideDeploymentFunction } from "./deployment/decide.ts";
export type { parseEnvFile as ParseEnvFileFunction } from "./deployment/env-file.ts";
export type {
  findKey as FindKeyFunction,
  openDeployment as OpenDeploymentFunction,
} from "./deployment/open-deployment.ts";
export type { doctor as DoctorFunction } from "./doctor/doctor.ts";
export type {
  chooseBackup as ChooseBackupFunction,
  nexusHubDrill as NexusHubDrillFunction,
} from "./drill/nexushub-drill.ts";
export type {
  redactConfig as RedactConfigFunction,
  renderPeerConfig as RenderPeerConfigFunction,
} from "./drill/peer-config.ts";
export type { nexusHubProbes as NexusHubProbesFunction } from "./drill/probes.ts";
export type { recordDrill as RecordDrillFunction } from "./drill/record-drill.ts";
export type { hold as HoldFunction } from "./hold/hold.ts";
export type {
  checkKey as CheckKeyFunction,
  fingerprintKey as FingerprintKeyFunction,
  sealManifest as SealManifestFunction,
} from "./keys/manifest-key.ts";
export type { open as OpenFunction, seal as SealFunction } from "./keys/sealed-value.ts";
export type { parseKey as ParseKeyFunction } from "./keys/sealing-key.ts";
export type { publicKeyOf as PublicKeyOfFunction } from "./keys/wireguard-key.ts";
export type { listFolder as ListFolderFunction } from "./list/list.ts";
export type { reportFolder as ReportFolderFunction } from "./report/report-folder.ts";
export type { guardRestore as GuardRestoreFunction } from "./restore/guard.ts";
export type { afterRestore as AfterRestoreFunction } from "./restore/operator-steps.ts";
export type {
  previewText as PreviewTextFunction,
  refuseWhileConnected as RefuseWhileConnectedFunction,
} from "./restore/preview-text.ts";
export type { previewRestore as PreviewRestoreFunction } from "./restore/target-preview.ts";
export type { decideRetention as DecideRetentionFunction } from "./retention/decide.ts";
export type { prune as PruneFunction } from "./retention/prune.ts";
export type { crontabLine as CrontabLineFunction } from "./schedule/cron.ts";
export type { systemdUnits as SystemdUnitsFunction } from "./schedule/systemd.ts";
export type { undeleteNexusHub as UndeleteNexusHubFunction } from "./undelete/undelete-nexushub.ts";
export type { verifyFolder as VerifyFolderFunction } from "./verify-folder/verify-folder.ts";
