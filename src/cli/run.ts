/** From arguments to an exit code, without touching the process: only `process.ts` ends it. */
import { type Command, CommanderError } from "commander";
import { UsageError } from "../errors.ts";
import type { CommonOptions } from "./command.ts";
import { Console, type Io } from "./console.ts";
import { DONE, USAGE } from "./exit-codes.ts";
import { habitHint, meantHost, withAliases } from "./habits.ts";
import { createProgram } from "./program.ts";
import { type NotifyCommandOptions, notifyOptionsIn } from "./notify-options.ts";
import { SILENT } from "./registry.ts";
import { interruptedBy, reportError } from "./report-error.ts";
import { startNotifying, type NotifyingOptions } from "./notifying.ts";

const allCommands = (): Command => createProgram(SILENT, async () => {});

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
      const notifying = await startNotifying(
        argv[0]!,
        console,
        options as NotifyingOptions,
        operands[0],
      );
      try {
        const body = await load();
        code = await body({ io, console, signal, allCommands }, options, ...operands);
      } catch (error) {
        code = reportError(console, interruptedBy(signal, error), options);
      }
      await notifying.end(code);
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
    const isCommander = error instanceof CommanderError;
    // Help and the version end the parsing with this error too.
    if (isCommander && error.exitCode === 0) return DONE;
    // Without arguments: the help was written to standard error.
    if (isCommander && error.code === "commander.help") return USAGE;
    code = reportError(console, isCommander ? usageErrorOf(error, argv) : error, options);
    await tellOfWrongArguments(argv, console, code);
    return code;
  }
}

/** A unit whose arguments are wrong runs nothing, night after night. */
async function tellOfWrongArguments(
  argv: readonly string[],
  console: Console,
  exitCode: number,
): Promise<void> {
  const [task = "", folder] = argv;
  const options = { ...(await configuredNotifications(task, argv)), ...notifyOptionsIn(argv) };
  const notifying = await startNotifying(task, console, options);
  await notifying.end(exitCode);
  if (task !== "backup" || options.metricsFile === undefined) return;
  const { recordEarlyFailure } = await import("../nexushub/backup/record.ts");
  const isFolder = folder !== undefined && !folder.startsWith("-");
  await recordEarlyFailure({
    metricsFile: options.metricsFile,
    folder: isFolder ? folder : undefined,
  });
}

function usageErrorOf({ code, message }: CommanderError, argv: readonly string[]): UsageError {
  const [, unknown = ""] =
    (code === "commander.unknownOption" && /unknown option '([^']*)'/.exec(message)) || [];
  // A digit makes it an operand.
  const isNumber = code === "commander.excessArguments" && argv.includes("-1");
  const option = isNumber ? "-1" : unknown;
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
    color: !words.includes("--no-color"),
    logFormat: isJson ? "json" : "text",
  };
}

/** What the configuration says of notifications, as far as it can be read. */
async function configuredNotifications(
  task: string,
  argv: readonly string[],
): Promise<NotifyCommandOptions> {
  const { readConfig } = await import("../nexushub/config/read-config.ts");
  const at = argv.indexOf("--config");
  const read = await readConfig(at < 0 ? undefined : argv[at + 1]).catch(() => null);
  const { backup, drill, prune, verify } = read?.config ?? {};
  const table = { backup, drill, prune, verify }[task] ?? {};
  const words = Object.entries(table).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return notifyOptionsIn(words);
}
