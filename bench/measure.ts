/**
 * Runs one program and measures wall time, the program's CPU seconds and peak memory (GNU time, children included), and
 * the CPU seconds of the server's processes (/proc). Linux only.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Sample {
  /** Wall time. */
  readonly seconds: number;
  /** User and system time of the program and its children. */
  readonly clientCpu: number;
  /** User and system time of all the server's processes during the run. */
  readonly serverCpu: number;
  /** Peak resident memory of the largest process of the program, in MiB. */
  readonly peakMiB: number;
  /** Size of the output; 0 without one. */
  readonly bytes: number;
}

export interface Run {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The file or folder that the program writes. The caller removes it. */
  readonly output?: string;
}

/** Clock ticks per second in /proc (getconf CLK_TCK: 100 on every Linux in use). */
const TICKS = 100;

/**
 * @param postmaster its process id.
 * @throws Error with the end of the program's standard error, only when it fails.
 */
export async function measure(run: Run, postmaster: number): Promise<Sample> {
  const folder = mkdtempSync(join(tmpdir(), "nexushub-bench-"));
  const facts = join(folder, "time");
  try {
    const before = serverTicks(postmaster);
    const started = performance.now();
    const child = spawn("/usr/bin/time", ["-o", facts, "-f", "%U %S %M", ...run.argv], {
      env: { ...process.env, ...run.env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
    const [code] = (await once(child, "close")) as [number | null];
    const seconds = (performance.now() - started) / 1000;
    if (code !== 0) throw new Error(`${run.argv.join(" ")} failed (${code}): ${errors}`);
    await untilIdle(postmaster);
    const [user, system, kilobytes] = readFileSync(facts, "utf8").trim().split(" ").map(Number);
    return {
      seconds,
      clientCpu: user! + system!,
      serverCpu: (serverTicks(postmaster) - before) / TICKS,
      peakMiB: kilobytes! / 1024,
      bytes: run.output === undefined ? 0 : sizeOf(run.output),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Bytes of a file, or of all files in a folder. */
export function sizeOf(path: string): number {
  const facts = statSync(path);
  if (!facts.isDirectory()) return facts.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  /** Ticks of the process itself, and of its children that have ended and been waited for. */
  readonly ticks: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold anything; what follows the last one is numbers (proc(5)).
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, each) => sum + Number(each), 0);
    return { pid, parent: Number(fields[1]), ticks };
  } catch {
    return undefined; // ended meanwhile
  }
}

function childrenOf(postmaster: number): Stat[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat?.parent === postmaster) as Stat[];
}

/** Ended backends count in the postmaster's figures. */
function serverTicks(postmaster: number): number {
  const all = [statOf(postmaster), ...childrenOf(postmaster)];
  return all.reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0);
}

/** The process's title: empty while it ends, undefined once it has ended. */
function titleOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return undefined;
  }
}

/** Waits until every session has ended, so that its time counts in the postmaster's. */
async function untilIdle(postmaster: number): Promise<void> {
  for (let attempt = 0; attempt < 250; attempt++) {
    const titles = childrenOf(postmaster).map(({ pid }) => titleOf(pid));
    if (!titles.some((title) => title === "" || /\[local\]|127\.0\.0\.1/.test(title ?? ""))) return;
    await sleep(20);
  }
}
