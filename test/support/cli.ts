/** Runs the command line from its source, as a process of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { text } from "node:stream/consumers";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const LOADER = import.meta.resolve("tsx");

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

/** Variables that would choose a database behind a test's back. */
const HIDDEN = /^(PG|DATABASE_URL$|NODE_OPTIONS$)/;

/** Arguments for Node.js that run the program with these arguments of its own. */
export function cliArguments(args: readonly string[]): string[] {
  return ["--import", LOADER, "--", MAIN, ...args];
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
