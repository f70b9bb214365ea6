/** Medians and spread of samples. Pure. */
import type { Sample } from "./measure.ts";

export interface Figure {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Summary of one contender's samples. */
export interface Summary {
  readonly name: string;
  readonly runs: number;
  readonly seconds: Figure;
  readonly clientCpu: Figure;
  readonly serverCpu: Figure;
  readonly peakMiB: Figure;
  readonly bytes: number;
}

export function figure(values: readonly number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return { median: round(median), min: round(sorted[0]!), max: round(sorted.at(-1)!) };
}

export function summary(name: string, samples: readonly Sample[]): Summary {
  const of = (key: keyof Sample): Figure => figure(samples.map((sample) => sample[key]));
  return {
    name,
    runs: samples.length,
    seconds: of("seconds"),
    clientCpu: of("clientCpu"),
    serverCpu: of("serverCpu"),
    peakMiB: of("peakMiB"),
    bytes: Math.round(of("bytes").median),
  };
}

/** The first contender's time (or other figure) divided by the second's; undefined when either is missing. */
export function ratio(
  summaries: readonly Summary[],
  name: string,
  other: string,
  of: (each: Summary) => number = ({ seconds }) => seconds.median,
): number | undefined {
  const [a, b] = [name, other].map((each) => summaries.find((summary) => summary.name === each));
  return a === undefined || b === undefined ? undefined : of(a) / of(b);
}
