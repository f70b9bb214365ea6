/** The options that say how many backups to keep, shared by `backup` and `prune`. */
import type { Command } from "commander";
import type { RetentionPolicy } from "../nexushub/retention/decide.ts";
import { withoutUndefined, positiveInteger } from "./command.ts";

export interface RetentionOptions {
  readonly keep?: number;
  readonly keepDays?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
}

export function addRetention(command: Command): Command {
  return command
    .option(
      "--keep <n>",
      "keep the newest so many (default: 14, when no other rule is given)",
      positiveInteger(1),
    )
    .option("--keep-days <n>", "keep those of so many days before the newest", positiveInteger(1))
    .option("--keep-daily <n>", "keep the last of each of so many days", positiveInteger(1))
    .option("--keep-weekly <n>", "keep the last of each of so many weeks", positiveInteger(1))
    .option("--keep-monthly <n>", "keep the last of each of so many months", positiveInteger(1));
}

export function policyOf(options: RetentionOptions): RetentionPolicy {
  const { keep, keepDays, keepDaily, keepWeekly, keepMonthly } = options;
  return withoutUndefined({ keep, keepDays, keepDaily, keepWeekly, keepMonthly });
}
