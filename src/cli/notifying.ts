/** Tells those whom the options name that a command began and how it ended. A broken ping never fails a command. */
import { hostname } from "node:os";
import { notify, type NotifyOptions, tellsAnybody } from "../notify/notify.ts";
import { type RunReport, singleValues } from "../notify/report.ts";
import type { Console } from "./console.ts";
import { DONE } from "./exit-codes.ts";
import type { NotifyCommandOptions } from "./notify-options.ts";

/** Commands that tell something by themselves. */
const SILENT: ReadonlySet<string> = new Set(["notify"]);
/** Commands that write metrics by themselves. */
const OWN_METRICS: ReadonlySet<string> = new Set(["backup"]);

/** Who waits for the end of a command. */
export interface Notifying {
  /** Never throws. */
  end(exitCode: number): Promise<void>;
}

const NOBODY: Notifying = { end: async () => {} };

export interface NotifyingOptions extends NotifyCommandOptions {
  /** A rehearsal is nobody's business. */
  readonly dryRun?: boolean;
}

/** Tells that the command begins. @param task name of the command. @param operand its first, where it has one. */
export async function startNotifying(
  task: string,
  console: Console,
  options: NotifyingOptions,
  operand?: string,
): Promise<Notifying> {
  const { metricsFile, dryRun = false } = options;
  const isSilent = dryRun || SILENT.has(task);
  const writesMetrics =
    metricsFile !== undefined &&
    !OWN_METRICS.has(task) &&
    !isSilent &&
    (task !== "drill" || (await isOfBackups(console, operand)));
  if (isSilent || (!writesMetrics && !tellsAnybody(options))) return NOBODY;
  const [startedAt, started] = [new Date().toISOString(), performance.now()];
  const report = (exitCode: number | null): RunReport => ({
    version: 1,
    task,
    outcome: exitCode === null ? "start" : exitCode === DONE ? "success" : "failure",
    host: hostname(),
    startedAt,
    elapsedMs: Math.round(performance.now() - started),
    exitCode,
    ...whatWasSaid(task, console, exitCode),
  });
  if (writesMetrics) await markBegin(console, metricsFile, task, new Date(startedAt));
  await tell(console, options, report(null));
  return {
    async end(exitCode) {
      const final = report(exitCode);
      if (writesMetrics) await saveMetrics(console, metricsFile, final);
      await tell(console, options, final);
    },
  };
}

/** The metrics of drills are about backups: a drill of any other file must not make them look fresh. */
async function isOfBackups(console: Console, operand: string | undefined): Promise<boolean> {
  const { isListed } = await import("./backup-operand.ts");
  // What is wrong with the operand is the command's to say, and a failure of its.
  if (await isListed(operand).catch(() => true)) return true;
  console.say("info", "no metrics are written: no folder lists the file as a backup");
  return false;
}

async function tell(console: Console, options: NotifyOptions, report: RunReport): Promise<void> {
  if (!tellsAnybody(options)) return;
  for (const { message } of await notify(options, report)) console.say("warning", message);
}

async function markBegin(console: Console, path: string, task: string, at: Date): Promise<void> {
  const { markTaskStart } = await import("../nexushub/metrics/task-metrics.ts");
  const { unendedText } = await import("../nexushub/metrics/metrics-file.ts");
  // That it cannot be written is said at the end.
  const unended = await markTaskStart(path, task, at).catch(() => null);
  if (unended !== null) console.say("warning", unendedText(task, unended));
}

async function saveMetrics(console: Console, path: string, report: RunReport): Promise<void> {
  const { writeTaskMetrics } = await import("../nexushub/metrics/task-metrics.ts");
  await writeTaskMetrics(path, report, new Date()).catch((error: Error) => {
    console.say("warning", `the metrics could not be written: ${error.message}`);
  });
}

/** The last line of the result, or the first of the error. */
function whatWasSaid(
  task: string,
  console: Console,
  exitCode: number | null,
): Pick<RunReport, "message" | "error" | "warnings" | "result"> {
  const { error, result, warnings } = console.record;
  const none = { message: `${task} begins`, error: null, warnings: [], result: {} };
  if (exitCode === null) return none;
  const facts = (error?.fields ?? {}) as { code?: string; message?: string; hint?: string | null };
  const failure =
    error === null
      ? null
      : {
          code: facts.code ?? "INTERNAL",
          message: facts.message ?? error.message,
          hint: facts.hint ?? null,
        };
  const lastLine = result?.text.trimEnd().split("\n").at(-1) ?? "";
  return {
    message: failure?.message ?? (lastLine || `${task} ended with exit code ${exitCode}`),
    error: failure,
    warnings: [...warnings],
    result: result === null || failure !== null ? {} : singleValues(result.value),
  };
}
