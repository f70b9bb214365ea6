/** The retention options of `backup` and `prune`: which backups are kept. */
import type { Command } from "commander";
import type { RetentionPolicy } from "../nexushub/retention/decide.ts";
import { withoutUndefined } from "../util/without-undefined.ts";
import { positiveInteger, timeSpan } from "./option-values.ts";
import { underHeading } from "./help-headings.ts";

export interface RetentionOptions {
  readonly keep?: number;
  readonly keepDays?: number;
  readonly keepHourly?: number;
  readonly keepDaily?: number;
  readonly keepWeekly?: number;
  readonly keepMonthly?: number;
  readonly keepYearly?: number;
  readonly keepDrilled?: number;
  /** Milliseconds. */
  readonly keepWithin?: number;
}

export function addRetention(command: Command): Command {
  return underHeading(command, "Retention options:", () =>
    command
      .option(
        "--keep <n>",
        "keep the newest n backups (default: 14, unless another rule is given)",
        positiveInteger,
      )
      .option("--keep-days <n>", "keep backups of the n days before the newest", positiveInteger)
      .option("--keep-hourly <n>", "keep the last backup of each of n hours", positiveInteger)
      .option("--keep-daily <n>", "keep the last backup of each of n days", positiveInteger)
      .option("--keep-weekly <n>", "keep the last backup of each of n weeks", positiveInteger)
      .option("--keep-monthly <n>", "keep the last backup of each of n months", positiveInteger)
      .option("--keep-yearly <n>", "keep the last backup of each of n years", positiveInteger)
      .option(
        "--keep-within <time>",
        "keep backups of this time before the newest: 36h, 90d",
        timeSpan,
      )
      .option("--keep-drilled <n>", "keep the newest n whose last drill passed", positiveInteger),
  );
}

export function policyOf(options: RetentionOptions): RetentionPolicy {
  const { keepWithin, ...rules } = options;
  return withoutUndefined({
    keep: rules.keep,
    keepDays: rules.keepDays,
    keepHourly: rules.keepHourly,
    keepDaily: rules.keepDaily,
    keepWeekly: rules.keepWeekly,
    keepMonthly: rules.keepMonthly,
    keepYearly: rules.keepYearly,
    keepDrilled: rules.keepDrilled,
    keepWithinMs: keepWithin,
  });
}
