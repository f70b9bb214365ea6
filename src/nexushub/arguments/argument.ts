/**
 * Checks of the arguments that this entry's functions are called with. Each function has a list of checks, which the
 * compiler compares with its parameters.
 */
import type { z } from "zod";
import type { ArchiveTarget } from "../../archive/storage/sink.ts";
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { archiveArgument, pathArgument, targetArgument } from "../../arguments/archive.ts";
import {
  checkCount,
  checkOptions,
  checkType,
  type OptionTypes,
} from "../../arguments/check-options.ts";
import { databaseArgument } from "../../arguments/database.ts";
import { withInto } from "../../arguments/functions.ts";
import type { ConnectionSource } from "../../pg/connect.ts";

/**
 * Returns an argument as the function takes it.
 * @throws UsageError only when it is something else; it repeats no value.
 */
type Check<Value> = (caller: string, value: unknown) => Value;

/** One for each parameter. */
type Checks<Parameters extends readonly unknown[]> = {
  readonly [Index in keyof Parameters]-?: Check<Parameters[Index]>;
};

/** The function, with its arguments checked first. */
export function checked<Parameters extends readonly unknown[], Result>(
  caller: string,
  run: (...args: Parameters) => Result,
  checks: Checks<Parameters>,
): (...args: Parameters) => Result {
  return (...args) => run(...checkArguments(caller, args, checks));
}

/** The same for a function that returns a promise, which is rejected for a wrong argument. */
export function checkedAsync<Parameters extends readonly unknown[], Result>(
  caller: string,
  run: (...args: Parameters) => Promise<Result>,
  checks: Checks<Parameters>,
): (...args: Parameters) => Promise<Result> {
  return async (...args) => run(...checkArguments(caller, args, checks));
}

function checkArguments<Parameters extends readonly unknown[]>(
  caller: string,
  args: readonly unknown[],
  checks: Checks<Parameters>,
): Parameters {
  const list: readonly Check<unknown>[] = checks;
  checkCount(caller, args.length, list.length);
  return list.map((check, i) => check(caller, args[i])) as readonly unknown[] as Parameters;
}

/** @param required options without which the function cannot run: the compiler does not help those who write JavaScript. */
export function options<Options extends object>(
  types: OptionTypes<Options>,
  required: readonly (keyof Options & string)[] = [],
): Check<Options> {
  return (caller, value) => {
    const taken = checkOptions(caller, value, types);
    for (const name of required)
      checkType({ caller, what: "option ", name }, taken[name], types[name]);
    return taken;
  };
}

/** The same for options that may say where the database is, and name a server for a throwaway database. */
export function deploymentOptions<
  Options extends {
    readonly databaseUrl?: string | URL | undefined;
    readonly into?: string | URL | undefined;
  },
>(types: OptionTypes<Options>, required: readonly (keyof Options & string)[] = []): Check<Options> {
  const check = options(types, required);
  return (caller, value) => {
    const taken = check(caller, value);
    if (taken.databaseUrl !== undefined) databaseArgument(caller, "databaseUrl", taken.databaseUrl);
    return withInto(caller, taken);
  };
}

/** The same for options that may name a server for a throwaway database. */
export function optionsWithInto<Options extends { readonly into?: string | URL | undefined }>(
  types: OptionTypes<Options>,
): Check<Options> {
  const check = options(types);
  return (caller, value) => withInto(caller, check(caller, value));
}

/** The same for options that may name a database of which more must be known. */
export function targetOptions<Options extends { readonly target?: ConnectionSource | undefined }>(
  types: OptionTypes<Options>,
): Check<Options> {
  return (caller, value) => {
    const taken = checkOptions(caller, value, types);
    if (taken.target === undefined) return taken;
    return { ...taken, target: databaseArgument(caller, "target", taken.target) };
  };
}

/** @param name the argument's, for messages. */
export function argument<Value>(name: string, type: z.ZodType<Value>): Check<Value> {
  return (caller, value) => {
    checkType({ caller, what: "", name }, value, type);
    return value as Value;
  };
}

export function path(name: string, expected: string): Check<string> {
  return (caller, value) => pathArgument(caller, name, value, expected);
}

export const folder = path(
  "folder",
  "the path of a folder, or the address of one in an object store: s3://bucket/prefix",
);

export function database(name: string): Check<ConnectionSource> {
  return (caller, value) => databaseArgument(caller, name, value);
}

export const archive: Check<ArchiveOrigin> = archiveArgument;
export const target: Check<ArchiveTarget> = targetArgument;
