/**
 * A `.prom` file for the textfile collector of Prometheus' node exporter. Several commands may write into one file: each
 * replaces the metrics that begin with its own prefix and leaves those of the others.
 */
import { readFile } from "node:fs/promises";
import { replaceFile } from "../../util/atomic-file.ts";

/** A metric; without a value it is left out. */
export type Sample = readonly [
  name: string,
  type: "gauge" | "counter",
  help: string,
  value: number | undefined,
];

/** The exporter runs as another user. */
const MODE = 0o644;
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
    ["last_run_timestamp_seconds", "gauge", "Time of the last run's end.", seconds(at)],
    ["last_run_success", "gauge", "1 if the last run succeeded, else 0.", Number(isSuccess)],
    [
      "last_success_timestamp_seconds",
      "gauge",
      "Time of the last successful run's end, 0 if there was none.",
      lastSuccess,
    ],
  ];
}

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

/** Reads the file; empty when there is none, or it cannot be one of ours. */
export async function readMetricsFile(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.length > MOST_CHARACTERS ? "" : text;
}

/** Replaces the metrics of one prefix. Throws what the file system throws. */
export async function writeMetricsFile(path: string, prefix: string, text: string): Promise<void> {
  await replaceFile(path, replaceMetrics(await readMetricsFile(path), prefix, text), MODE);
}

/** A time as Prometheus has it. */
export function seconds(date: Date): number {
  return date.getTime() / 1000;
}
