/** From arguments to an exit code, without touching the process: only `main.ts` ends it. */
import { type Command, CommanderError } from "commander";
import { AbortedError, isNexushubDumpError, UsageError } from "../errors.ts";
import type { CommonOptions } from "./command.ts";
import { Console, type Io } from "./console.ts";
import { DONE, USAGE } from "./exit-codes.ts";
import { habitHint, meantHost, withAliases } from "./habits.ts";
import { createProgram } from "./program.ts";
import { reportError } from "./report-error.ts";

/** Runs the command line and returns the exit code; never throws. */
export async function run(argv: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  let code = DONE;
  const program = createProgram(
    {
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // Usage errors are reported below, like all others.
      outputError: () => {},
    },
    async (load, options, operands) => {
      const console = new Console(io, options);
      try {
        const body = await load();
        code = await body({ io, console, signal }, options, ...operands);
      } catch (error) {
        code = reportError(console, interruptedBy(signal, error), options);
      }
    },
    argv[0],
  );
  try {
    const host = meantHost(argv);
    if (host !== undefined)
      throw new UsageError(`${host} asks for help here`, { hint: habitHint("-h") });
    const words = withAliases(argv);
    await program.parseAsync(withoutHelpForUnknown(words, program), { from: "user" });
    return code;
  } catch (error) {
    const options = commonOptionsOf(argv);
    const console = new Console(io, options);
    if (!(error instanceof CommanderError)) return reportError(console, error, options);
    // Help and the version end the parsing with this error too.
    if (error.exitCode === 0) return DONE;
    // Without arguments: the help was written to standard error.
    if (error.code === "commander.help") return USAGE;
    return reportError(console, usageErrorOf(error), options);
  }
}

/** What Node.js throws where a signal ends a wait is no failure. */
function interruptedBy(signal: AbortSignal, error: unknown): unknown {
  if (!signal.aborted || isNexushubDumpError(error)) return error;
  return new AbortedError("while the command was at work", { cause: error });
}

function usageErrorOf({ code, message }: CommanderError): UsageError {
  const [, option = ""] =
    (code === "commander.unknownOption" && /unknown option '([^']*)'/.exec(message)) || [];
  return new UsageError(message.replace(/^error: /, ""), {
    hint: habitHint(option) ?? "--help lists the options",
  });
}

/** Commander answers `frobnicate --help` with the program's help and success: leave it only the unknown name. */
function withoutHelpForUnknown(argv: readonly string[], program: Command): readonly string[] {
  const words = argv.filter((word) => !word.startsWith("-"));
  const name = words[0] === "help" ? words[1] : words[0];
  const isKnown = program.commands.some((command) => command.name() === name);
  return name === undefined || name === "help" || isKnown ? argv : [name];
}

/** How to report an error of arguments that could not be parsed. */
function commonOptionsOf(argv: readonly string[]): CommonOptions {
  const end = argv.indexOf("--");
  const words = end < 0 ? argv : argv.slice(0, end);
  const isJson = words.some(
    (word, i) =>
      word === "--log-format=json" || (word === "json" && words[i - 1] === "--log-format"),
  );
  return {
    json: words.includes("--json"),
    debug: words.includes("--debug"),
    logFormat: isJson ? "json" : "text",
  };
}
