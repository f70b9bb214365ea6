/**
 * Tells others how a run ended, or that it began: a ping, a webhook, a command. Nothing here fails a run: what could not be
 * delivered is returned as warnings.
 */
import { type Warning, warning } from "../warnings.ts";
import { runCommand } from "./command.ts";
import { type Patience, post } from "./http.ts";
import { pingOf } from "./ping.ts";
import type { RunReport } from "./report.ts";

/** Who is notified of a run. Default: nobody. */
export interface NotifyOptions {
  /** URL of a check of healthchecks.io or its kin: pinged at the start, after a success, and with `/fail` after a failure. */
  readonly pingUrl?: string | undefined;
  /** URL that receives each report as JSON, by POST, but for the start. */
  readonly webhook?: string | undefined;
  /** Command of the shell that runs after a success. */
  readonly onSuccess?: string | undefined;
  /** Command of the shell that runs after a failure. */
  readonly onFailure?: string | undefined;
  readonly patience?: Patience | undefined;
  /** After this time a command is stopped. Default: 60 seconds. */
  readonly commandTimeoutMs?: number | undefined;
}

/** Whether there is anybody to tell. */
export function tellsAnybody({ pingUrl, webhook, onSuccess, onFailure }: NotifyOptions): boolean {
  return [pingUrl, webhook, onSuccess, onFailure].some((each) => each !== undefined);
}

/** Tells all of them, side by side. Takes bounded time and never throws. */
export async function notify(options: NotifyOptions, report: RunReport): Promise<Warning[]> {
  const { pingUrl, webhook, onSuccess, onFailure, patience, commandTimeoutMs = 60_000 } = options;
  const isStart = report.outcome === "start";
  const command = isStart ? undefined : report.outcome === "success" ? onSuccess : onFailure;
  const deliveries: [what: string, problem: Promise<string | null>][] = [];
  if (pingUrl !== undefined) deliveries.push(["the ping", post(pingOf(pingUrl, report), patience)]);
  if (webhook !== undefined && !isStart) {
    const body = JSON.stringify(report);
    const request = { url: webhook, contentType: "application/json", body };
    deliveries.push(["the webhook", post(request, patience)]);
  }
  if (command !== undefined)
    deliveries.push([
      `the command of --on-${report.outcome}`,
      runCommand(command, report, commandTimeoutMs),
    ]);
  const warnings: Warning[] = [];
  for (const [what, pending] of deliveries) {
    const problem = await pending;
    if (problem !== null)
      warnings.push(warning("notification-failed", null, `${what} failed: ${problem}`));
  }
  return warnings;
}
