/** Parsers of option values. Each throws commander's InvalidArgumentError, which names the option. */
import { InvalidArgumentError, Option } from "commander";

/** Collects the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Parses a positive integer. */
export function positiveInteger(text: string): number {
  return integer(text, 1, Number.MAX_SAFE_INTEGER, "must be a positive integer.");
}

/** Parses an integer that may be 0. */
export function nonNegativeInteger(text: string): number {
  return integer(text, 0, Number.MAX_SAFE_INTEGER, "must be 0 or a positive integer.");
}

/** Parses an integer between two bounds, both included. */
export function integerBetween(min: number, max: number): (text: string) => number {
  return (text) => integer(text, min, max, `must be an integer from ${min} to ${max}.`);
}

function integer(text: string, min: number, max: number, message: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new InvalidArgumentError(message);
  return value;
}

const MS_PER_UNIT: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses `90m`, `36h` or `7d` into milliseconds. */
export function timeSpan(text: string): number {
  const [, number, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    throw new InvalidArgumentError("must be a number with m, h or d: 90m, 36h, 7d.");
  return Number(number) * MS_PER_UNIT[unit]!;
}

/** The same, and `0` for no time at all. */
export function timeSpanOrZero(text: string): number {
  return text === "0" ? 0 : timeSpan(text);
}

/** Parses `name: text` of `--where`, `--mask` and `--sample`; the name ends at the first colon outside double quotes. */
export function keyValue(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const match = /^((?:[^":]|"(?:[^"]|"")*")+):(.*)$/s.exec(text);
  const name = match?.[1]?.trim() ?? "";
  const value = match?.[2]?.trim() ?? "";
  if (name === "" || value === "")
    throw new InvalidArgumentError("must have the form 'name: expression'.");
  return { ...before, [name]: value };
}

/** Parses the same form for `--rows`: rows that satisfy any of several conditions for a table. */
export function rowConditions(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [[name, condition]] = Object.entries(keyValue(text, undefined)) as [[string, string]];
  const earlier = before[name];
  return {
    ...before,
    [name]: earlier === undefined ? condition : `(${earlier}\n) OR (${condition}\n)`,
  };
}

const SECTIONS: readonly string[] = ["pre-data", "data", "post-data"];

/** `--section`, repeatable, with pg_dump's three sections. */
export function sectionOption(verb: string): Option {
  return new Option("--section <name>", `${verb} only this section (repeatable)`)
    .choices(SECTIONS)
    .argParser((value: string, before: readonly string[] | undefined) => {
      if (!SECTIONS.includes(value))
        throw new InvalidArgumentError(`must be one of ${SECTIONS.join(", ")}.`);
      return collect(value, before);
    });
}

/** Parses a date or a time with its zone: `2027-01-31` (UTC), `2027-01-31T12:00Z`. */
export function instant(text: string): Date {
  const date = new Date(text);
  const isComplete = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?$/.test(
    text,
  );
  if (!isComplete || Number.isNaN(date.getTime()))
    throw new InvalidArgumentError("must be a date, or a time with its zone: 2027-01-31T12:00Z.");
  return date;
}
