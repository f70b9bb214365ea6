/**
 * A `.prom` file for the textfile collector of Prometheus' node exporter. Several commands may write into one file: each
 * replaces the metrics that begin with its own prefix and leaves those of the others.
 */
import { readFile } from "node:fs/promises";
import { replaceFile } from "../../util/atomic-file.ts";
import { outputError } from "../../util/output-error.ts";

/** A metric; without a value it is left out. */
export type Sample = readonly [
  name: string,
  type: "gauge" | "counter",
  help: string,
  value: number | undefined,
];

/** The exporter runs as another user. */
const MODE = 0o644;
const START = "last_start_timestamp_seconds";
const END = "last_run_timestamp_seconds";
const END_HELP = "Time of the last run's end, 0 if none ended.";
const SUCCESS = "last_success_timestamp_seconds";
const SUCCESS_HELP = "Time of the last successful run's end, 0 if there was none.";
/** No file of ours is longer; a longer one is not kept. */
const MOST_CHARACTERS = 1024 * 1024;

/** Renders metrics (prometheus.io/docs/instrumenting/exposition_formats). Pure. */
export function renderSamples(prefix: string, samples: readonly Sample[]): string {
  return samples
    .map(([name, type, help, value]) => {
      if (value === undefined) return "";
      const metric = `${prefix}${name}`;
      return `# HELP ${metric} ${help}\n# TYPE ${metric} ${type}\n${metric} ${value}\n`;
    })
    .join("");
}

/** How the last run ended. @param lastSuccess seconds since 1970; 0 when there was none. Pure. */
export function outcomeSamples(at: Date, isSuccess: boolean, lastSuccess: number): Sample[] {
  return [
    [END, "gauge", END_HELP, seconds(at)],
    ["last_run_success", "gauge", "1 if the last run succeeded, else 0.", Number(isSuccess)],
    [SUCCESS, "gauge", SUCCESS_HELP, lastSuccess],
  ];
}

/** Of a run's start; a killed run leaves it later than the last run's end. */
export const startSample = (at: Date | undefined): Sample => [
  START,
  "gauge",
  "Time of the last run's start; a killed run leaves it later than the last run's end.",
  at === undefined ? undefined : seconds(at),
];

/** Of the runs that failed, those among them that were killed and did not say so. */
export const failuresSample = (count: number): Sample => [
  "failures_total",
  "counter",
  "Failed runs.",
  count,
];

/** Reads the value of a metric without labels; null where it is not there. Pure. */
export function readSample(text: string, metric: string): number | null {
  const [, digits] = new RegExp(`^${metric} (\\S+)$`, "m").exec(text) ?? [];
  return digits === undefined || Number.isNaN(Number(digits)) ? null : Number(digits);
}

/** Puts metrics in the place of those of the same prefix. Lines that are not metrics of NexusHub go. Pure. */
export function replaceMetrics(existing: string, prefix: string, text: string): string {
  const others = existing.split("\n").filter((line) => {
    const [, name = ""] = /^(?:# (?:HELP|TYPE) )?(nexushub_\w+) /.exec(line) ?? [];
    return name !== "" && !name.startsWith(prefix);
  });
  return others.length === 0 ? text : `${others.join("\n")}\n${text}`;
}

/** Replaces single metrics, and leaves the others of the prefix. Pure. */
function withSamples(existing: string, prefix: string, samples: readonly Sample[]): string {
  return samples.reduce(
    (text, sample) =>
      replaceMetrics(text, `${prefix}${sample[0]}`, renderSamples(prefix, [sample])),
    existing,
  );
}

/** Reads the file; empty when there is none, or it cannot be one of ours. */
export async function readMetricsFile(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.length > MOST_CHARACTERS ? "" : text;
}

/** Replaces the metrics of one prefix. @throws OutputError only when the file cannot be written. */
export async function writeMetricsFile(path: string, prefix: string, text: string): Promise<void> {
  await save(path, replaceMetrics(await readMetricsFile(path), prefix, text));
}

async function save(path: string, text: string): Promise<void> {
  await replaceFile(path, text, MODE).catch((error: unknown) => {
    throw outputError(error, path);
  });
}

/**
 * Records that a run began, so that one that is killed can be seen: until the next run by the two times, and from then on among the
 * failures, because the next run replaces the start.
 * @returns when the run before began, if it never said how it ended: it was killed, or still runs.
 * @throws OutputError only when the file cannot be written.
 */
export async function markStart(path: string, prefix: string, at: Date): Promise<Date | null> {
  const text = await readMetricsFile(path);
  const value = (name: string): number | null => readSample(text, `${prefix}${name}`);
  const [began, ended, failures] = [value(START), value(END), value("failures_total")];
  if (began === null && ended === null) {
    const unknown = [
      [END, "gauge", END_HELP, 0],
      [SUCCESS, "gauge", SUCCESS_HELP, 0],
    ] as const;
    const samples = [...unknown, failuresSample(failures ?? 0), startSample(at)];
    await writeMetricsFile(path, prefix, renderSamples(prefix, samples));
    return null;
  }
  const isUnended = began !== null && began > (ended ?? 0);
  const changed = [startSample(at), ...(isUnended ? [failuresSample((failures ?? 0) + 1)] : [])];
  await save(path, withSamples(text, prefix, changed));
  return isUnended ? new Date(began * 1000) : null;
}

/** What is said of a run before this one of which nobody heard the end. */
export function unendedText(task: string, at: Date): string {
  return `the ${task} that began at ${at.toISOString()} did not end: it was killed, or still runs`;
}

/** A time as Prometheus has it. */
export function seconds(date: Date): number {
  return date.getTime() / 1000;
}
