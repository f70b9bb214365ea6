/** What every command shares: the type of its body, the options that all of them take, and those that name a database. */
import { type Command, Option } from "commander";
import type { Console, Io } from "./console.ts";
import { underHeading } from "./help-headings.ts";
import { timeSpan } from "./option-values.ts";

/** Options of every command. */
export interface CommonOptions {
  readonly quiet?: boolean;
  readonly json?: boolean;
  readonly logFormat?: "text" | "json";
  readonly color?: boolean;
  readonly debug?: boolean;
}

/** Options of commands that connect to a database. */
export interface ConnectionOptions {
  readonly databaseUrl?: string;
  readonly envFile?: string;
  readonly composeFile?: string;
  /** How long to wait for the server, in milliseconds; of commands with `addWait`. */
  readonly wait?: number;
}

/** What a command's body works with, beside its options and operands. */
export interface CommandContext {
  readonly io: Io;
  readonly console: Console;
  readonly signal: AbortSignal;
  /** The program with all its commands, for what is written about them. */
  readonly allCommands: () => Command;
}

/** A command's body: returns the exit code, or throws. */
export type Body<Options> = (
  context: CommandContext,
  options: Options & CommonOptions,
  ...operands: (string | undefined)[]
) => Promise<number>;

/** Where commands register. A body is loaded only when its command runs, which keeps `--version` and `--help` fast. */
export interface Registry {
  command(name: string): Command;
  run<Options>(command: Command, load: () => Promise<Body<Options>>): Command;
}

export function addCommon(command: Command): Command {
  return underHeading(command, "Common options:", () =>
    command
      .option("-q, --quiet", "no progress, and no messages but warnings and errors")
      .option("--json", "print the result as one JSON object")
      .addOption(
        new Option("--log-format <format>", "format of the messages on standard error")
          .choices(["text", "json"])
          .default("text"),
      )
      .option("--no-color", "no colors, whatever the terminal can show")
      .option("--debug", "print the stack of an error")
      .helpOption("-h, --help", "show this help"),
  );
}

export function addConnection(command: Command): Command {
  return underHeading(command, "Connection options:", () =>
    command
      .option(
        "-d, --database-url <url>",
        "connection string (default: $DATABASE_URL, then libpq's PG* variables, then the NexusHub deployment on this host)",
      )
      .option("--env-file <path>", "NexusHub's environment file (default: /etc/nexushub/env)")
      .option(
        "--compose-file <path>",
        "NexusHub's compose file (default: docker/docker-compose.prod.yml)",
      ),
  );
}

/** `--wait`, for commands that a timer starts, perhaps before the server is up. */
export function addWait(command: Command): Command {
  return underHeading(command, "Connection options:", () =>
    command.option(
      "--wait <time>",
      "wait for a server that does not accept connections yet: 10m, 1h",
      timeSpan,
    ),
  );
}
