/** The report of a drill as lines with their verdicts. Pure. */
import { headLines, MARKS, probeLines, verdict } from "../drill/render-text.ts";
import type { DrillReport, ProbeResult, ProbeStatus } from "../drill/report.ts";
import type { Line, Tone } from "./color.ts";

const TONES: Readonly<Record<ProbeStatus, Tone>> = {
  passed: "good",
  failed: "bad",
  "not-run": "doubtful",
};

/** The lines of `renderText`. */
export function drillLines(report: DrillReport): Line[] {
  const last: Line = { tone: report.ok ? "good" : "bad", verdict: verdict(report) };
  return [...headLines(report), "", ...report.probes.flatMap(probe), "", last];
}

function probe(result: ProbeResult): Line[] {
  const [first = "", ...details] = probeLines(result);
  const mark = MARKS[result.status];
  return [
    { tone: TONES[result.status], verdict: mark, text: first.slice(mark.length) },
    ...details,
  ];
}
