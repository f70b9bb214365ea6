/** pg_dump and psql, run as people run them. */
import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "vitest";
import { findTool } from "./tools.ts";

const execute = promisify(execFile);

/** A plain dump of a database; undefined where no pg_dump for its server is installed. */
export async function pgDump(
  url: string,
  major: number,
  options: readonly string[] = [],
): Promise<Buffer | undefined> {
  const tool = findTool("pg_dump", major);
  if (tool === undefined) return undefined;
  const { stdout } = await execute(tool.path, [...options, `--dbname=${url}`], {
    maxBuffer: 1 << 30,
    encoding: "buffer",
  });
  return stdout;
}

/** Loads a plain dump with psql, which must not fail. */
export function loadWithPsql(sql: Buffer, url: string, ...options: string[]): void {
  const args = ["-X", "-q", "-v", "ON_ERROR_STOP=1", ...options, "-d", url];
  const { status, stderr } = spawnSync(findTool("psql")!.path, args, {
    input: sql,
    encoding: "utf8",
  });
  expect([status, status === 0 ? "" : stderr]).toEqual([0, ""]);
}
