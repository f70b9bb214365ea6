/** The body of `notify`. */
import { hostname } from "node:os";
import { notify, tellsAnybody } from "../../notify/notify.ts";
import type { RunOutcome, RunReport } from "../../notify/report.ts";
import { UsageError } from "../../errors.ts";
import { recordEarlyFailure } from "../../nexushub/backup/record.ts";
import type { Body } from "../command.ts";
import type { Io } from "../console.ts";
import { DONE, EXIT_CODES, FAILED } from "../exit-codes.ts";
import type { NotifyCommandOptions } from "../notify-options.ts";

interface NotifyRunOptions extends NotifyCommandOptions {
  readonly task: string;
  readonly message?: string;
  readonly folder?: string;
}

export const notifyRun: Body<NotifyRunOptions> = async ({ io, console }, options, outcome) => {
  const { task, metricsFile, folder } = options;
  if (!tellsAnybody(options) && metricsFile === undefined)
    throw new UsageError("nobody is to be notified", { hint: "name --ping-url or --webhook" });
  if (outcome === "failure" && hasReported(io.env)) {
    console.result(
      { task, outcome, delivered: false, warnings: [] },
      `${task} has reported it itself`,
    );
    return DONE;
  }
  const report = reportOf(io.env, options, outcome as RunOutcome);
  if (outcome === "failure" && task === "backup") await recordEarlyFailure({ metricsFile, folder });
  else if (outcome === "failure" && metricsFile !== undefined)
    await saveMetrics(metricsFile, report);
  const warnings = await notify(options, report);
  for (const { message } of warnings) console.say("warning", message);
  console.result(
    { task, outcome, delivered: warnings.length === 0, warnings },
    warnings.length === 0 ? "all notifications were delivered" : "a notification failed",
  );
  return warnings.length === 0 ? DONE : FAILED;
};

async function saveMetrics(path: string, report: RunReport): Promise<void> {
  const { writeTaskMetrics } = await import("../../nexushub/metrics/task-metrics.ts");
  await writeTaskMetrics(path, report, new Date());
}

const OWN_CODES: ReadonlySet<string> = new Set(Object.values(EXIT_CODES).map(String));

/** Whether a unit's program ended by itself, and so reported its failure (systemd.exec(5), `$MONITOR_EXIT_CODE`). */
function hasReported(env: Io["env"]): boolean {
  return env["MONITOR_EXIT_CODE"] === "exited" && OWN_CODES.has(env["MONITOR_EXIT_STATUS"] ?? "");
}

function reportOf(
  env: Io["env"],
  { task, message }: NotifyRunOptions,
  outcome: RunOutcome,
): RunReport {
  const unit = env["MONITOR_UNIT"];
  const ofUnit =
    unit === undefined
      ? `${task}: ${outcome}`
      : `${unit} was stopped: ${env["MONITOR_SERVICE_RESULT"] ?? "the reason is not known"}`;
  return {
    version: 1,
    task,
    outcome,
    host: hostname(),
    startedAt: new Date().toISOString(),
    elapsedMs: 0,
    exitCode: outcome === "start" ? null : outcome === "success" ? DONE : FAILED,
    message: message ?? ofUnit,
    error: null,
    warnings: [],
    result: {},
  };
}
