/** Checks an options object by its schema: unknown names, wrong types, what is no options object at all. */
import type { z } from "zod";
import { UsageError } from "../errors.ts";
import { describeValue, isPlain } from "./describe-value.ts";
import { nearest } from "./near-miss.ts";

/**
 * The schema of an interface of options, one type for each of them. The compiler refuses one that lacks an option, has
 * one too many, or takes values that the interface does not have.
 */
export type OptionTypes<Options> = {
  readonly [Name in keyof Options]-?: z.ZodType<Exclude<Options[Name], undefined>>;
};

/**
 * @param caller the function whose argument it is, for messages: `dump`.
 * @returns the options as they are; an empty object for undefined.
 * @throws UsageError only when they are not what the schema says; it names the option and repeats no value.
 */
export function checkOptions<Options extends object>(
  caller: string,
  options: unknown,
  types: OptionTypes<Options>,
): Options {
  if (options === undefined) return {} as Options;
  const described = describeValue(options);
  if (!isPlain(options) && !described.text.startsWith("an object")) {
    throw new UsageError(`${caller}: the options are ${described.text}, where an object belongs`, {
      hint: `it may have ${Object.keys(types).join(", ")}`,
    });
  }
  for (const [name, value] of Object.entries(options as object))
    checkOption(caller, name, value, types);
  return options as Options;
}

function checkOption(
  caller: string,
  name: string,
  value: unknown,
  types: Readonly<Record<string, z.ZodType>>,
): void {
  if (!Object.hasOwn(types, name)) throw unknownOption(caller, name, Object.keys(types));
  if (value === undefined) return;
  const issue = types[name]!.safeParse(value).error?.issues[0];
  if (issue === undefined) return;
  const path = [name, ...issue.path];
  const inner = issue.path.reduce<unknown>(
    (at, key) => (at as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    value,
  );
  const described = describeValue(inner);
  throw new UsageError(
    `${caller}: the option ${path.map(String).join(".")} must be ${issue.message}, not ${described.text}`,
    { object: name, hint: described.hint },
  );
}

function unknownOption(caller: string, name: string, known: readonly string[]): UsageError {
  const meant = nearest(name, known);
  // A name can be the text of a mistake, such as a connection string that was spread.
  const shown = /^[\w-]{1,40}$/.test(name) ? name : "of that name";
  return new UsageError(`${caller}: there is no option ${shown}`, {
    object: shown,
    hint: meant === undefined ? `the options are ${known.join(", ")}` : `did you mean ${meant}?`,
  });
}

/** @throws UsageError only when there are more arguments than the function takes. */
export function checkCount(caller: string, count: number, most: number): void {
  if (count <= most) return;
  throw new UsageError(`${caller} takes ${most} arguments, not ${count}`, {
    hint: "options go into one object, the last argument",
  });
}
