/** What Prometheus' node exporter reads from a `.prom` file (its textfile collector), as text; and writing it whole. */
import { replaceFile } from "../../util/atomic-file.ts";

/** The last run, and what the runs before it left. Times are milliseconds since 1970, as Date has them. */
export interface BackupMetrics {
  readonly at: Date;
  readonly ok: boolean;
  /** Of the newest backup; null when there never was one. */
  readonly success: {
    readonly at: Date;
    readonly seconds: number;
    readonly bytes: number;
    readonly rows: number;
  } | null;
  readonly failures: number;
  /** Backups in the folder now. */
  readonly archives: number;
}

type Sample = readonly [
  name: string,
  type: "gauge" | "counter",
  help: string,
  value: number | undefined,
];

/**
 * The text (prometheus.io/docs/instrumenting/exposition_formats). An age is not a fact of a file: it grows while the
 * file lies there, so the rule computes it as `time() - nexushub_backup_last_success_timestamp_seconds`; the age given
 * here is that at the end of the last run, for people.
 */
export function renderMetrics({ at, ok, success, failures, archives }: BackupMetrics): string {
  const seconds = (date: Date): number => date.getTime() / 1000;
  const samples: Sample[] = [
    ["last_run_timestamp_seconds", "gauge", "When a backup last ended, well or not.", seconds(at)],
    ["last_run_success", "gauge", "Whether the last backup succeeded.", ok ? 1 : 0],
    [
      "last_success_timestamp_seconds",
      "gauge",
      "When a backup last succeeded; 0 when none has.",
      success === null ? 0 : seconds(success.at),
    ],
    [
      "age_seconds",
      "gauge",
      "Age of the newest backup when the last run ended.",
      success === null ? undefined : Math.max(0, at.getTime() - success.at.getTime()) / 1000,
    ],
    ["duration_seconds", "gauge", "How long the last successful backup took.", success?.seconds],
    ["bytes", "gauge", "Size of the newest backup.", success?.bytes],
    ["rows", "gauge", "Rows in the newest backup.", success?.rows],
    ["archives", "gauge", "Backups in the folder.", archives],
    ["failures_total", "counter", "Backups that failed.", failures],
  ];
  return samples
    .filter(([, , , value]) => value !== undefined)
    .map(([name, type, help, value]) => {
      const full = `nexushub_backup_${name}`;
      return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full} ${value}\n`;
    })
    .join("");
}

/** Readable by the exporter, which runs as another user. */
const MODE = 0o644;

export async function writeMetrics(path: string, metrics: BackupMetrics): Promise<void> {
  await replaceFile(path, renderMetrics(metrics), MODE);
}
