/** Runs the command line as a process of its own, from what this run of the tests built of the source. */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { inject } from "vitest";

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Variables that would choose a database, or colors, behind a test's back. */
const HIDDEN = /^(PG|DATABASE_URL$|NODE_OPTIONS$|FORCE_COLOR$|NO_COLOR$)/;

/** Arguments for Node.js that run the program with these arguments of its own. */
export function cliArguments(args: readonly string[]): string[] {
  return ["--", join(inject("built"), "cli", "main.js"), ...args];
}

/** Starts the program; `env` is added to an environment without PostgreSQL's variables. */
export function startCli(args: readonly string[], env: Record<string, string> = {}): Started {
  const inherited = Object.entries(process.env).filter(([name]) => !HIDDEN.test(name));
  const child = spawn(process.execPath, cliArguments(args), {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...Object.fromEntries(inherited), ...env },
  });
  const finished = Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<Pick<Finished, "code" | "signal">>((resolve) => {
      child.once("close", (code, signal) => resolve({ code, signal }));
    }),
  ]).then(([stdout, stderr, end]) => ({ ...end, stdout, stderr }));
  return { process: child, finished };
}

/** Runs the program to its end. */
export function runCli(args: readonly string[], env?: Record<string, string>): Promise<Finished> {
  return startCli(args, env).finished;
}
