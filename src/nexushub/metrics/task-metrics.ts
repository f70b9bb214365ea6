/** The metrics of drill, prune and verify: what a report of their run says. The backup has its own (backup/metrics.ts). */
import type { RunReport } from "../../notify/report.ts";
import {
  failuresSample,
  markStart,
  outcomeSamples,
  readMetricsFile,
  readSample,
  renderSamples,
  type Sample,
  seconds,
  startSample,
  writeMetricsFile,
} from "./metrics-file.ts";

/** What outlives a run. */
export interface EarlierRuns {
  /** Seconds since 1970; 0 when there was none. */
  readonly lastSuccess: number;
  readonly failures: number;
}

/** Renders the metrics of a run that ended. Pure. */
export function renderTaskMetrics(report: RunReport, earlier: EarlierRuns, at: Date): string {
  const isSuccess = report.outcome === "success";
  const samples: Sample[] = [
    ...outcomeSamples(at, isSuccess, isSuccess ? seconds(at) : earlier.lastSuccess),
    ["duration_seconds", "gauge", "Duration of the last run.", report.elapsedMs / 1000],
    ["warnings", "gauge", "Warnings of the last run.", report.warnings.length],
    failuresSample(earlier.failures + Number(!isSuccess)),
    startSample(new Date(report.startedAt)),
    ...ofResult(report),
  ];
  return renderSamples(prefixOf(report.task), samples);
}

/** What a command's result adds. */
function ofResult({ task, result }: RunReport): Sample[] {
  const number = (name: string): number | undefined =>
    typeof result[name] === "number" ? result[name] : undefined;
  const time = (name: string): number | undefined =>
    typeof result[name] === "string" ? Date.parse(result[name]) / 1000 : undefined;
  const restoreMs = number("restoreMs");
  if (task === "drill")
    return [
      [
        "recovery_seconds",
        "gauge",
        "How long the restore took: the recovery time.",
        restoreMs === undefined ? undefined : restoreMs / 1000,
      ],
      [
        "recovery_point_timestamp_seconds",
        "gauge",
        "Time of the newest entry that was restored: the recovery point.",
        time("recoveryPoint"),
      ],
    ];
  if (task === "verify")
    return [
      ["damaged", "gauge", "Damaged backups that the run met.", number("damaged")],
      [
        "oldest_timestamp_seconds",
        "gauge",
        "When the backup was verified that was not verified for the longest time, 0 if one never was.",
        result["oldestVerifiedAt"] === null ? 0 : time("oldestVerifiedAt"),
      ],
    ];
  return [];
}

const prefixOf = (task: string): string => `nexushub_${task}_`;

/** Records that a run began, as `markStart` does. */
export function markTaskStart(path: string, task: string, at: Date): Promise<Date | null> {
  return markStart(path, prefixOf(task), at);
}

/** Writes the metrics of a run into a file. @throws OutputError only when it cannot be written. */
export async function writeTaskMetrics(path: string, report: RunReport, at: Date): Promise<void> {
  const prefix = prefixOf(report.task);
  const text = await readMetricsFile(path);
  const earlier = {
    lastSuccess: readSample(text, `${prefix}last_success_timestamp_seconds`) ?? 0,
    failures: readSample(text, `${prefix}failures_total`) ?? 0,
  };
  await writeMetricsFile(path, prefix, renderTaskMetrics(report, earlier, at));
}
