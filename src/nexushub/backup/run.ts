/** One run of a backup: what its steps share. */
import { absoluteAddress } from "../../store/address.ts";
import type { Warning } from "../../warnings.ts";
import { defaultFolder } from "../backup-folder/default-folder.ts";
import type { BackupOptions } from "./options.ts";
import { pathText } from "../../util/path-text.ts";

export interface BackupRun {
  /** An absolute path, or an address in an object store. */
  readonly folder: string;
  /** The folder of the copies, likewise; null without any. */
  readonly copyTo: string | null;
  readonly options: BackupOptions;
  readonly startedAt: Date;
  readonly warnings: Warning[];
  /** The identity of the database; null until it is known. */
  database: string | null;
  readonly elapsedMs: () => number;
  readonly now: () => Date;
  /** Adds a warning to the result and reports it. */
  readonly warn: (problem: Warning) => void;
}

export async function startRun(options: BackupOptions): Promise<BackupRun> {
  const started = performance.now();
  const { folder, copyTo, now = () => new Date(), onProgress } = options;
  const cwd = pathText(options.cwd ?? process.cwd());
  const warnings: Warning[] = [];
  return {
    folder: absoluteAddress(cwd, pathText(folder ?? (await defaultFolder(cwd)))),
    copyTo: copyTo === undefined ? null : absoluteAddress(cwd, pathText(copyTo)),
    options,
    startedAt: now(),
    warnings,
    database: null,
    elapsedMs: () => Math.round(performance.now() - started),
    now,
    warn(problem) {
      warnings.push(problem);
      onProgress?.({ type: "warning", ...problem });
    },
  };
}
