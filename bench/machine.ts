/** The machine and the time of a measurement. */
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { execFileSync } from "node:child_process";

export interface Machine {
  readonly at: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  /** The server's version. */
  readonly server: string;
  /** The version of pg_dump, pg_restore and psql. */
  readonly pgDump: string;
  /** Load average of the last minute, before the run. Above 0, other work disturbed it. */
  readonly load: number;
}

export function machine(server: string): Machine {
  return {
    at: new Date().toISOString(),
    processor: cpus()[0]?.model ?? "unknown processor",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    server,
    pgDump: execFileSync("pg_dump", ["--version"], { encoding: "utf8" }).trim(),
    load: Math.round(loadavg()[0]! * 10) / 10,
  };
}
