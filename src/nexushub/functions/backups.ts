/** The functions on backups and their folders, with arguments checked. Documentation is that of the implementations. */
import {
  argument,
  checked,
  checkedAsync,
  deploymentOptions,
  folder,
  options,
  optionsWithInto,
  path,
} from "../arguments/argument.ts";
import { backupMetrics, candidates, drillReport } from "../arguments/facts.ts";
import {
  BACKUP_OPTIONS,
  COPY_BACKUPS_OPTIONS,
  COPY_OPTIONS,
  CRONTAB_OPTIONS,
  HOLD_OPTIONS,
  LIST_OPTIONS,
  NEXUSHUB_DRILL_OPTIONS,
  PROBE_OPTIONS,
  PRUNE_OPTIONS,
  RECORD_DRILL_OPTIONS,
  REPORT_OPTIONS,
  RETENTION_CONTEXT,
  RETENTION_POLICY,
  SCHEDULE_OPTIONS,
  UNLOCK_OPTIONS,
  VERIFY_FOLDER_OPTIONS,
} from "../arguments/options.ts";
import { command, date } from "../arguments/value-types.ts";
import { oneOf, text } from "../../arguments/option-types.ts";
import { pathOption } from "../../arguments/archive.ts";
import * as Backup from "../backup/backup.ts";
import * as Metrics from "../backup/metrics.ts";
import * as Names from "../backup-folder/backup-name.ts";
import * as DefaultFolder from "../backup-folder/default-folder.ts";
import * as Unlock from "../backup-folder/unlock.ts";
import * as CopyArchive from "../copy/copy-archive.ts";
import * as CopyBackups from "../copy/copy-backups.ts";
import * as Drill from "../drill/nexushub-drill.ts";
import * as Probes from "../drill/probes.ts";
import * as RecordDrill from "../drill/record-drill.ts";
import * as Hold from "../hold/hold.ts";
import * as List from "../list/list.ts";
import * as Report from "../report/report-folder.ts";
import * as Decide from "../retention/decide.ts";
import * as Prune from "../retention/prune.ts";
import * as Cron from "../schedule/cron.ts";
import * as Systemd from "../schedule/systemd.ts";
import * as VerifyFolder from "../verify-folder/verify-folder.ts";

const backupPath = path("backup", "the path of a backup");
const fileOrFolder = path("backup", "the path of a backup or of a folder of backups");

/** @function */
export const backup: typeof Backup.backup = checkedAsync("backup", Backup.backup, [
  deploymentOptions(BACKUP_OPTIONS),
]);

/** @function */
export const copyArchive: typeof CopyArchive.copyArchive = checkedAsync(
  "copyArchive",
  CopyArchive.copyArchive,
  [
    path("archive", "the path of an archive"),
    path("target", "the path of the copy"),
    options(COPY_OPTIONS),
  ],
);

/** @function */
export const copyBackups: typeof CopyBackups.copyBackups = checkedAsync(
  "copyBackups",
  CopyBackups.copyBackups,
  [
    path("folder", "the path of a folder"),
    path("target", "the path of a folder"),
    options(COPY_BACKUPS_OPTIONS),
  ],
);

/** @function */
export const prune: typeof Prune.prune = checkedAsync("prune", Prune.prune, [
  folder,
  options(PRUNE_OPTIONS),
]);

/** @function */
export const unlock: typeof Unlock.unlock = checkedAsync("unlock", Unlock.unlock, [
  folder,
  options(UNLOCK_OPTIONS),
]);

/** @function */
export const listFolder: typeof List.listFolder = checkedAsync("listFolder", List.listFolder, [
  folder,
  options(LIST_OPTIONS),
]);

/** @function */
export const reportFolder: typeof Report.reportFolder = checkedAsync(
  "reportFolder",
  Report.reportFolder,
  [folder, options(REPORT_OPTIONS)],
);

/** @function */
export const verifyFolder: typeof VerifyFolder.verifyFolder = checkedAsync(
  "verifyFolder",
  VerifyFolder.verifyFolder,
  [folder, options(VERIFY_FOLDER_OPTIONS)],
);

/** @function */
export const hold: typeof Hold.hold = checkedAsync("hold", Hold.hold, [
  backupPath,
  options(HOLD_OPTIONS),
]);

/** @function */
export const chooseBackup: typeof Drill.chooseBackup = checkedAsync(
  "chooseBackup",
  Drill.chooseBackup,
  [fileOrFolder, argument("now", date.optional())],
);

/** @function */
export const nexusHubDrill: typeof Drill.nexusHubDrill = checkedAsync(
  "nexusHubDrill",
  Drill.nexusHubDrill,
  [fileOrFolder, optionsWithInto(NEXUSHUB_DRILL_OPTIONS)],
);

/** @function */
export const nexusHubProbes: typeof Probes.nexusHubProbes = checked(
  "nexusHubProbes",
  Probes.nexusHubProbes,
  [options(PROBE_OPTIONS)],
);

/** @function */
export const recordDrill: typeof RecordDrill.recordDrill = checkedAsync(
  "recordDrill",
  RecordDrill.recordDrill,
  [argument("report", drillReport), options(RECORD_DRILL_OPTIONS)],
);

/** @function */
export const defaultFolder: typeof DefaultFolder.defaultFolder = checkedAsync(
  "defaultFolder",
  DefaultFolder.defaultFolder,
  [argument("folder", pathOption.optional())],
);

/** @function */
export const backupName: typeof Names.backupName = checked("backupName", Names.backupName, [
  argument("time", date),
  argument(
    "extension",
    oneOf([
      "tar",
      "tar.gz",
      "tar.zst",
      "tar.age",
      "tar.gz.age",
      "tar.zst.age",
      "differential.tar",
      "differential.tar.gz",
      "differential.tar.zst",
      "differential.tar.age",
      "differential.tar.gz.age",
      "differential.tar.zst.age",
    ]),
  ),
]);

/** @function */
export const parseBackupName: typeof Names.parseBackupName = checked(
  "parseBackupName",
  Names.parseBackupName,
  [argument("name", text)],
);

/** @function */
export const decideRetention: typeof Decide.decideRetention = checked(
  "decideRetention",
  Decide.decideRetention,
  [argument("backups", candidates), options(RETENTION_POLICY), options(RETENTION_CONTEXT, ["now"])],
);

/** @function */
export const renderMetrics: typeof Metrics.renderMetrics = checked(
  "renderMetrics",
  Metrics.renderMetrics,
  [argument("metrics", backupMetrics)],
);

/** @function */
export const writeMetrics: typeof Metrics.writeMetrics = checkedAsync(
  "writeMetrics",
  Metrics.writeMetrics,
  [path("file", "the path of a .prom file"), argument("metrics", backupMetrics)],
);

/** @function */
export const crontabLine: typeof Cron.crontabLine = checked("crontabLine", Cron.crontabLine, [
  argument("command", command),
  options(CRONTAB_OPTIONS),
]);

/** @function */
export const systemdUnits: typeof Systemd.systemdUnits = checked(
  "systemdUnits",
  Systemd.systemdUnits,
  [options(SCHEDULE_OPTIONS, ["command", "writes"])],
);
