/** What is known of a listed backup, in words: for the list, and for the page. Pure. */
import { minute } from "../../util/format.ts";
import type { ListedBackup } from "./list.ts";

/** `nexushub on vpn`. */
export function databaseText({ database, host }: ListedBackup): string {
  return `${database ?? "?"}${host === null ? "" : ` on ${host}`}`;
}

/** `passed 2026-11-24 03:00`; empty without a drill. */
export function drillText({ drill }: ListedBackup): string {
  return drill === null ? "" : `${drill.ok ? "passed" : "FAILED"} ${minute(drill.at)}`;
}
