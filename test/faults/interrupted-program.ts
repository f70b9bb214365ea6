/** The program as a process of its own that gets a signal, and what is left of it afterwards. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cliArguments } from "../support/cli.ts";

export const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** From the signal to the end of the process: 6 s where a server does not answer, and time for a busy machine. */
const BOUND_MS = 20_000;
export interface Started {
  readonly child: ChildProcess;
  readonly stderr: () => string;
  readonly finished: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export interface Surroundings {
  readonly env?: Record<string, string>;
  /** Runs it on a terminal. */
  readonly terminal?: boolean;
  /** The beginning of its standard input. More than a pipe holds. */
  readonly input?: Buffer;
  /** Lets the pipe from its standard output fill up. */
  readonly unread?: boolean;
}

const HIDDEN = /^(PG|DATABASE_URL$|NODE_OPTIONS$|PEER_KEY)/;

/** Starts the program with a standard input that never ends. Files that it creates anywhere are in `folder`. */
export function start(args: readonly string[], folder: string, around: Surroundings = {}): Started {
  const inherited = Object.entries(process.env).filter(([name]) => !HIDDEN.test(name));
  const temporary = join(folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  chmodSync(temporary, 0o1777);
  const all = cliArguments(args);
  const quoted = [process.execPath, ...all].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  const [program, words] =
    around.terminal === true
      ? ["script", ["-qefc", `exec ${quoted.join(" ")}`, "/dev/null"]]
      : [process.execPath, all];
  const child = spawn(program, words, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...Object.fromEntries(inherited), TMPDIR: temporary, ...around.env },
  });
  let said = "";
  for (const stream of [child.stderr, around.terminal === true ? child.stdout : null])
    stream?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  if (around.unread !== true && around.terminal !== true) child.stdout.resume();
  child.stdin.on("error", () => undefined);
  if (around.input !== undefined) child.stdin.write(around.input);
  const finished = new Promise<{ code: number | null; stderr: string }>((resolve) =>
    child.once("exit", (code) => resolve({ code, stderr: said })),
  );
  return { child, stderr: () => said, finished };
}

function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return children
      .split(" ")
      .filter(Boolean)
      .flatMap((child) => [Number(child), ...descendants(Number(child))]);
  } catch {
    return [];
  }
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  for (const end = Date.now() + 120_000; !(await condition()); await sleep(20))
    if (Date.now() > end) throw new Error(`it never came to this: ${what}`);
}

/** Sends one signal and checks what is left. @returns the exit code, and how long the end took. */
export async function interrupt(
  { child, finished }: Started,
  signal: (typeof SIGNALS)[number],
): Promise<{ code: number | null; stderr: string; ms: number }> {
  const below = descendants(child.pid!);
  // Behind a terminal of its own it is the one process below.
  const pid = child.spawnfile === "script" ? below[0]! : child.pid!;
  const started = performance.now();
  process.kill(pid, signal);
  const limit = setTimeout(() => child.kill("SIGKILL"), BOUND_MS);
  const { code, stderr } = await finished;
  clearTimeout(limit);
  const ms = Math.round(performance.now() - started);
  await until(() => below.every((each) => !existsSync(`/proc/${each}`)), "its processes are gone");
  return { code, stderr, ms };
}
