/** The state of a drill, and how its probes are run and recorded. */
import { isNexushubDumpError, type NexushubDumpError } from "../errors.ts";
import type { DrillOptions } from "./options.ts";
import type { Probe } from "./probe.ts";
import { failed, notRun, type ProbeResult, type Verdict } from "./report.ts";
import type { DrillSubject, SubjectFacts } from "./subject.ts";

/** State of a drill while it runs. */
export interface DrillRun {
  readonly subject: DrillSubject;
  readonly options: DrillOptions;
  readonly startedAt: Date;
  readonly results: ProbeResult[];
  facts: SubjectFacts | null;
  plainRole: boolean;
  target: string | null;
  restoreMs: number | null;
  recoveryPoint: Date | null;
}

/** Errors that say nothing about the archive: the drill was stopped, or cannot decrypt or trust what it reads. */
const NO_VERDICT: ReadonlySet<string> = new Set(["ABORTED", "KEY_MISMATCH", "SIGNATURE"]);

/** Runs one probe and records its result. An error counts as a failure, unless it says nothing about the archive. */
export async function runProbe(
  { results, options }: DrillRun,
  { id, title }: Pick<Probe, "id" | "title">,
  run: () => Promise<Verdict>,
  hintFor: (error: NexushubDumpError) => string | undefined = ({ hint }) => hint,
): Promise<ProbeResult> {
  const started = performance.now();
  let verdict: Verdict;
  try {
    verdict = await run();
  } catch (error) {
    if (!isNexushubDumpError(error) || NO_VERDICT.has(error.code)) throw error;
    verdict = failed(error.message, { hint: hintFor(error) });
  }
  const result = { id, title, ...verdict, elapsedMs: Math.round(performance.now() - started) };
  results.push(result);
  options.onProbe?.(result);
  return result;
}

/** Records probes that were not run. */
export function skipProbes(
  { results, options }: DrillRun,
  probes: readonly Pick<Probe, "id" | "title">[],
  reason: string,
): void {
  for (const { id, title } of probes) {
    const result = { id, title, ...notRun(reason), elapsedMs: 0 };
    results.push(result);
    options.onProbe?.(result);
  }
}
