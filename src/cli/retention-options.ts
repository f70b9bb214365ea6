/** The retention options of `backup` and `prune`: which backups are kept. */
import { type Command, InvalidArgumentError } from "commander";
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

const RULES: Readonly<Record<string, keyof RetentionPolicy>> = {
  newest: "keep",
  days: "keepDays",
  hourly: "keepHourly",
  daily: "keepDaily",
  weekly: "keepWeekly",
  monthly: "keepMonthly",
  yearly: "keepYearly",
  within: "keepWithinMs",
  drilled: "keepDrilled",
};

/** Parses the rules of `--copy-keep`: `30`, or `daily=30,monthly=12`. The words are those of the options above. */
export function retentionRules(text: string): RetentionPolicy {
  const rules = text.split(",").map((item): [keyof RetentionPolicy, number] => {
    const [, word = "newest", value = ""] = /^\s*(?:([a-z]+)=)?(\w+)\s*$/.exec(item) ?? [];
    const rule = Object.hasOwn(RULES, word) ? RULES[word]! : undefined;
    if (rule === undefined || value === "") throw wrongRules();
    return [rule, rule === "keepWithinMs" ? timeSpan(value) : positiveInteger(value)];
  });
  return Object.fromEntries(rules);
}

function wrongRules(): InvalidArgumentError {
  const words = Object.keys(RULES).join(", ");
  return new InvalidArgumentError(
    `must be a number, or rules such as daily=30,monthly=12: ${words}.`,
  );
}
