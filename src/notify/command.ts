/** Commands of the operator that run after a success or a failure, with the facts in their environment. */
import { spawn } from "node:child_process";
import { childEnvironment } from "../util/child-environment.ts";
import type { RunReport } from "./report.ts";
import { systemReason } from "../util/system-reason.ts";

const PREFIX = "NEXUSHUB_DUMP_";

/** The facts of a report as variables; Linux takes no longer ones than 128 KiB each. */
export function reportVariables(report: RunReport): Record<string, string> {
  const { task, outcome, host, startedAt, elapsedMs, exitCode, message, error, warnings } = report;
  const facts: Record<string, string | number | null> = {
    TASK: task,
    OUTCOME: outcome,
    HOST: host,
    STARTED_AT: startedAt,
    ELAPSED_MS: elapsedMs,
    EXIT_CODE: exitCode,
    MESSAGE: message,
    ERROR_CODE: error?.code ?? null,
    HINT: error?.hint ?? null,
    WARNINGS: warnings.length,
  };
  for (const [name, value] of Object.entries(report.result))
    facts[`RESULT_${upperSnakeCase(name)}`] = value === null ? null : String(value);
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      `${PREFIX}${name}`,
      // A variable cannot hold a zero byte.
      String(value ?? "")
        .replaceAll("\0", "")
        .slice(0, 10_000),
    ]),
  );
}

/** `archiveBytes` is `ARCHIVE_BYTES`. */
function upperSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/**
 * Runs a command of the shell, without this process's secrets in its environment, and with its output on standard error.
 * @returns why it failed; null when it succeeded. Never throws.
 */
export async function runCommand(
  command: string,
  report: RunReport,
  timeoutMs: number,
): Promise<string | null> {
  const env = { ...childEnvironment(), ...reportVariables(report) };
  const child = spawn("/bin/sh", ["-c", command], {
    env,
    // Its own group, so that what the shell started ends with it.
    detached: true,
    stdio: ["ignore", 2, "inherit"],
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // It has just ended.
    }
  }, timeoutMs);
  try {
    return await new Promise((resolve) => {
      child.once("error", (error) => resolve(`it cannot be started: ${systemReason(error)}`));
      child.once("exit", (code, signal) => {
        if (isLate) resolve(`it was stopped after ${timeoutMs / 1000} seconds`);
        else if (code === 0) resolve(null);
        else resolve(signal === null ? `exit code ${code}` : `ended by ${signal}`);
      });
    });
  } finally {
    clearTimeout(timer);
  }
}
