/** Text files that a user names. */
import { readFile } from "node:fs/promises";
import { UsageError } from "../errors.ts";
import { systemReason } from "./system-reason.ts";

/**
 * @param what the file is: `the filter file`.
 * @throws UsageError only when it cannot be read.
 */
export async function readTextFile(path: string, what: string): Promise<string> {
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadableFile(path, what, cause);
  });
}

export function unreadableFile(path: string, what: string, cause: unknown): UsageError {
  return new UsageError(`cannot read ${what} ${path}: ${systemReason(cause)}`, {
    object: path,
    cause,
  });
}
