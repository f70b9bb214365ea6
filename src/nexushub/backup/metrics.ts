/** The metrics of a backup, in a `.prom` file for the textfile collector of Prometheus' node exporter. */
import { readFile } from "node:fs/promises";
import { replaceFile } from "../../util/atomic-file.ts";

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
}

const PREFIX = "nexushub_backup_";

type Sample = readonly [
  name: string,
  type: "gauge" | "counter",
  help: string,
  value: number | undefined,
];

/**
 * Renders the metrics (prometheus.io/docs/instrumenting/exposition_formats). `age_seconds` is the age at the end of the
 * last run, for people: rules must compute it from `last_success_timestamp_seconds`, because the file does not change
 * between runs.
 */
export function renderMetrics({ at, ok, success, failures, archives }: BackupMetrics): string {
  const samples: Sample[] = [
    ["last_run_timestamp_seconds", "gauge", "Time of the last run's end.", seconds(at)],
    ["last_run_success", "gauge", "1 if the last run succeeded, else 0.", ok ? 1 : 0],
    [
      "last_success_timestamp_seconds",
      "gauge",
      "Time of the last successful run's end, 0 if there was none.",
      success === null ? 0 : seconds(success.at),
    ],
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
    ["failures_total", "counter", "Failed runs.", failures],
  ];
  return samples.map(renderSample).join("");
}

function renderSample([name, type, help, value]: Sample): string {
  if (value === undefined) return "";
  const metric = `${PREFIX}${name}`;
  return `# HELP ${metric} ${help}\n# TYPE ${metric} ${type}\n${metric} ${value}\n`;
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}

/** Parses what `renderMetrics` wrote: the parts that outlive a run. Null for any other text. */
export function parseMetrics(text: string): Pick<BackupMetrics, "success" | "failures"> | null {
  const value = (name: string): number | null => {
    const [, digits] = new RegExp(`^${PREFIX}${name} (\\S+)$`, "m").exec(text) ?? [];
    return digits === undefined || Number.isNaN(Number(digits)) ? null : Number(digits);
  };
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
  return parseMetrics(await readFile(path, "utf8").catch(() => ""));
}

/** The exporter runs as another user. */
const MODE = 0o644;

/** Replaces the file. Throws what the file system throws. */
export async function writeMetrics(path: string, metrics: BackupMetrics): Promise<void> {
  await replaceFile(path, renderMetrics(metrics), MODE);
}
