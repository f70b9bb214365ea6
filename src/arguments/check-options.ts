/** Checks an options object by its schema: unknown names, wrong types, what is no options object at all. */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import { plural } from "../util/format.ts";
import { describeValue, isPlain } from "./describe-value.ts";
import { nearest } from "./near-miss.ts";
import { isObject } from "./option-types.ts";

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
  if (!isPlain(options) && !(described.text.startsWith("an object") && isObject(options))) {
    throw new UsageError(`${caller}: the options are ${described.text}, where an object belongs`, {
      hint: `it may have ${Object.keys(types).join(", ")}`,
    });
  }
  for (const name of optionNames(options))
    checkOption(caller, name, (options as Readonly<Record<string, unknown>>)[name], types);
  return options as Options;
}

/** Those that it inherits, too: defaults of an object, and what a class has instead of properties. */
function optionNames(options: object): string[] {
  const names = Object.keys(options);
  const prototype: unknown = Object.getPrototypeOf(options);
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return names;
  const inherited = Object.entries(Object.getOwnPropertyDescriptors(prototype as object))
    .filter(([, property]) => property.enumerable === true || "get" in property)
    .map(([name]) => name);
  return [...names, ...inherited, ...optionNames(prototype as object)];
}

function checkOption(
  caller: string,
  name: string,
  value: unknown,
  types: Readonly<Record<string, z.ZodType>>,
): void {
  if (!Object.hasOwn(types, name)) throw unknownOption(caller, name, Object.keys(types));
  if (value !== undefined) checkType({ caller, what: "option ", name }, value, types[name]!);
}

/** The place of a value, for messages: `what` is "option " or empty, `name` that of the option or argument. */
export interface ValuePlace {
  readonly caller: string;
  readonly what: "option " | "";
  readonly name: string;
}

/** @throws UsageError only when the value is not of the type; it names the place and repeats no value. */
export function checkType({ caller, what, name }: ValuePlace, value: unknown, type: z.ZodType) {
  const issue = type.safeParse(value).error?.issues[0];
  if (issue === undefined) return;
  const path = [name, ...issue.path.map((key) => shownKey(String(key)))].join(".");
  if (issue.code === "unrecognized_keys" && issue.path.length === 0)
    throw unknownOption(caller, issue.keys[0]!, membersOf(type), `${path}.`);
  const inner = issue.path.reduce<unknown>(
    (at, key) => (at as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    value,
  );
  const described = describeValue(inner);
  throw new UsageError(
    `${caller}: the ${what}${path} must be ${issue.message}, not ${described.text}`,
    { object: name, hint: described.hint },
  );
}

/** A key can be the text of a mistake; those of tables and columns, and the numbers of a list, are not. */
function shownKey(key: string): string {
  return /^[\w$." -]{1,130}$/.test(key) ? key : "(a key)";
}

/** Of what `objectOf` returned. */
function membersOf(type: z.ZodType): readonly string[] {
  const object = type instanceof z.ZodPipe ? type.out : type;
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function unknownOption(
  caller: string,
  name: string,
  known: readonly string[],
  within = "",
): UsageError {
  const meant = nearest(name, known);
  // A name can be the text of a mistake, such as a connection string that was spread.
  const shown = /^[\w-]{1,40}$/.test(name) ? `${within}${name}` : "of that name";
  return new UsageError(`${caller}: there is no option ${shown}`, {
    object: shown,
    hint: meant === undefined ? `the options are ${known.join(", ")}` : `did you mean ${meant}?`,
  });
}

/** @throws UsageError only when there are more arguments than the function takes. */
export function checkCount(caller: string, count: number, most: number): void {
  if (count <= most) return;
  throw new UsageError(`${caller} takes ${plural(most, "argument")}, not ${count}`, {
    hint: "options go into one object, the last argument",
  });
}
