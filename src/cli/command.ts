/** What every command shares: the options that all of them take, the run around its body, and where it connects to. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Console, Io } from "./console.ts";

/** Options that every command takes. */
export interface CommonOptions {
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly logFormat?: "text" | "json";
  readonly debug?: boolean;
}

/** Options of commands that connect to a database. */
export interface ConnectionOptions {
  readonly databaseUrl?: string;
  readonly envFile?: string;
  readonly composeFile?: string;
}

/** What a command's body is given beside its own arguments. */
export interface Running {
  readonly io: Io;
  readonly console: Console;
  readonly signal: AbortSignal;
}

/** A command's body: returns the exit code, or throws. */
export type Body<Options> = (
  running: Running,
  options: Options & CommonOptions,
  ...operands: (string | undefined)[]
) => Promise<number>;

/** Lets a command's module be loaded only when the command is used, which keeps `--version` quick. */
export interface Registry {
  command(name: string): Command;
  run<Options>(command: Command, load: () => Promise<Body<Options>>): Command;
}

export function addCommon(command: Command): Command {
  return command
    .addOption(new Option("-q, --quiet", "warnings and errors only"))
    .addOption(new Option("--json", "the result as one JSON object on standard output"))
    .addOption(
      new Option("--log-format <format>", "how messages on standard error look")
        .choices(["text", "json"])
        .default("text"),
    )
    .addOption(new Option("--debug", "show the stack of an error"));
}

export function addConnection(command: Command): Command {
  return command
    .option(
      "-d, --database-url <url>",
      "connection string; default: $DATABASE_URL, libpq's PG* variables, then the NexusHub deployment found",
    )
    .option("--env-file <path>", "NexusHub's environment file (default: /etc/nexushub/env)")
    .option(
      "--compose-file <path>",
      "NexusHub's compose file (default: docker/docker-compose.prod.yml)",
    );
}

/** Gathers an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

const SECTIONS: readonly string[] = ["pre-data", "data", "post-data"];

/** `--section`, repeatable, for the commands that know pg_dump's three parts. */
export function sectionOption(verb: string): Option {
  return new Option(
    "--section <name>",
    `${verb} only pre-data, data or post-data (repeatable)`,
  ).argParser((value: string, before: readonly string[] | undefined) => {
    if (!SECTIONS.includes(value))
      throw new InvalidArgumentError(`name one of ${SECTIONS.join(", ")}.`);
    return collect(value, before);
  });
}

/** A whole number from `least` to `most`. */
export function positiveInteger(
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(
        most === Number.MAX_SAFE_INTEGER
          ? `give a whole number, at least ${least}.`
          : `give a whole number from ${least} to ${most}.`,
      );
    }
    return value;
  };
}

/** `name: text`, as `--where` and `--mask` are written; the name ends at the first colon outside double quotes. */
export function keyValue(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const match = /^((?:[^":]|"(?:[^"]|"")*")+):(.*)$/s.exec(text);
  const name = match?.[1]?.trim() ?? "";
  const value = match?.[2]?.trim() ?? "";
  if (name === "" || value === "")
    throw new InvalidArgumentError("write it as 'name: expression'.");
  return { ...before, [name]: value };
}

/** Removes keys whose value is undefined, which exact optional types do not take. */
export function withoutUndefined<T extends object>(
  options: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
