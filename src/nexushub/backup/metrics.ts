/** The metrics of a backup, in a `.prom` file for the textfile collector of Prometheus' node exporter. */
import {
  failuresSample,
  outcomeSamples,
  readMetricsFile,
  readSample,
  renderSamples,
  type Sample,
  seconds,
  startSample,
  writeMetricsFile,
} from "../metrics/metrics-file.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";

/** The outcome of the last run, and what earlier runs left. */
export interface BackupMetrics {
  /** When the last run ended. */
  readonly at: Date;
  readonly ok: boolean;
  /** The newest successful backup; null when there never was one. */
  readonly success: {
    readonly at: Date;
    readonly elapsedMs: number;
    readonly archiveBytes: number;
    readonly rows: number;
    /** Whether the sealing key opened the sampled values; null when it was not tested. */
    readonly keyFits: boolean | null;
  } | null;
  readonly failures: number;
  /** Backups in the folder. */
  readonly archives: number;
  /** When the last run began. Default: not known. */
  readonly startedAt?: Date | undefined;
  /** Warnings of the last run. Default: not known. */
  readonly warnings?: number | undefined;
  /** What this user may still write to the folder's file system. Default: not known. */
  readonly freeBytes?: number | null | undefined;
  /** When the backup was verified that was not verified for the longest time. Default: not known. */
  readonly oldestVerifiedAt?: Date | null | undefined;
}

export const BACKUP_PREFIX = "nexushub_backup_";

/**
 * Renders the metrics (prometheus.io/docs/instrumenting/exposition_formats). `age_seconds` is the age at the end of the
 * last run, for people: rules must compute it from `last_success_timestamp_seconds`, because the file does not change
 * between runs.
 */
export function renderMetrics(metrics: BackupMetrics): string {
  const { at, ok, success, failures, archives } = metrics;
  const samples: Sample[] = [
    ...outcomeSamples(at, ok, success === null ? 0 : seconds(success.at)),
    [
      "age_seconds",
      "gauge",
      "Age of the newest backup at the end of the last run.",
      success === null ? undefined : Math.max(0, at.getTime() - success.at.getTime()) / 1000,
    ],
    [
      "duration_seconds",
      "gauge",
      "Duration of the last successful run.",
      success === null ? undefined : success.elapsedMs / 1000,
    ],
    ["bytes", "gauge", "Size of the newest backup's file.", success?.archiveBytes],
    ["rows", "gauge", "Rows in the newest backup.", success?.rows],
    [
      "key_fits",
      "gauge",
      "1 if the sealing key opens the database's sealed values, else 0; absent if not tested.",
      success === null || success.keyFits === null ? undefined : Number(success.keyFits),
    ],
    ["archives", "gauge", "Backups in the folder.", archives],
    failuresSample(failures),
    ...ofRunAndFolder(metrics),
  ];
  return renderSamples(BACKUP_PREFIX, samples);
}

function ofRunAndFolder(
  metrics: Pick<BackupMetrics, "startedAt" | "warnings" | "freeBytes" | "oldestVerifiedAt">,
): Sample[] {
  const { startedAt, warnings, freeBytes, oldestVerifiedAt } = metrics;
  return [
    startSample(startedAt),
    ["warnings", "gauge", "Warnings of the last run.", warnings],
    ["free_bytes", "gauge", "Free space for backups.", freeBytes ?? undefined],
    [
      "oldest_verification_timestamp_seconds",
      "gauge",
      "When the backup was verified that was not verified for the longest time.",
      oldestVerifiedAt ? seconds(oldestVerifiedAt) : undefined,
    ],
  ];
}

/** Parses what `renderMetrics` wrote: the parts that outlive a run. Null for any other text. */
export function parseMetrics(text: string): Pick<BackupMetrics, "success" | "failures"> | null {
  const value = (name: string): number | null => readSample(text, `${BACKUP_PREFIX}${name}`);
  const [failures, at] = [value("failures_total"), value("last_success_timestamp_seconds")];
  if (failures === null || at === null) return null;
  const keyFits = value("key_fits");
  const success = {
    at: new Date(at * 1000),
    elapsedMs: Math.round((value("duration_seconds") ?? 0) * 1000),
    archiveBytes: value("bytes") ?? 0,
    rows: value("rows") ?? 0,
    keyFits: keyFits === null ? null : keyFits === 1,
  };
  return { success: at === 0 ? null : success, failures };
}

/** Reads the metrics of earlier runs; null when there are none. */
export async function readMetrics(
  path: string,
): Promise<Pick<BackupMetrics, "success" | "failures"> | null> {
  return parseMetrics(await readMetricsFile(path));
}

/** Replaces the backup's metrics in the file. @throws OutputError only when it cannot be written. */
export async function writeMetrics(file: PathOrUrl, metrics: BackupMetrics): Promise<void> {
  await writeMetricsFile(pathText(file), BACKUP_PREFIX, renderMetrics(metrics));
}
