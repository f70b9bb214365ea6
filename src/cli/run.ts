/**
 * Arguments to exit code, without touching the process: the program's commands, the abort signal, and what an error
 * looks like. Only `main.ts` ends the process.
 */
import { Command, CommanderError, type OutputConfiguration } from "commander";
import type { Body, CommonOptions, Registry } from "./command.ts";
import { addCommon } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { Console, type Io } from "./console.ts";
import { errorObject, errorText } from "./error-text.ts";
import { DONE, exitCodeOf, FAILED, USAGE } from "./exit-codes.ts";
import { ownPackage } from "../util/package.ts";

/** Runs the command line and gives the exit code; never throws. */
export async function run(argv: readonly string[], io: Io, signal: AbortSignal): Promise<number> {
  let code = DONE;
  const output: OutputConfiguration = {
    writeOut: (text) => void io.stdout.write(text),
    writeErr: (text) => void io.stderr.write(text),
  };
  const program = new Command("nexushub-dump")
    .description(
      "Dumps a PostgreSQL database into one archive and restores it, in one transaction.",
    )
    .version(ownPackage().version, "-V, --version")
    .showHelpAfterError("(run with --help for the options)")
    .exitOverride()
    .configureOutput(output);
  const registry: Registry = {
    command: (name) => addCommon(program.command(name)).exitOverride().configureOutput(output),
    run: <Options>(command: Command, load: () => Promise<Body<Options>>) =>
      command.action(async (...given: unknown[]) => {
        const options = command.opts<Options & CommonOptions>();
        const operands = given.slice(0, -2) as (string | undefined)[];
        code = await runBody(load, options, operands, io, signal);
      }),
  };
  for (const add of COMMANDS) add(registry);
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    // Commander has written its message; help and version come this way too, with exit code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : USAGE;
    io.stderr.write(`error: ${errorText(error)}\n`);
    return FAILED;
  }
  return code;
}

async function runBody<Options>(
  load: () => Promise<Body<Options>>,
  options: Options & CommonOptions,
  operands: (string | undefined)[],
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const console = new Console(io, options);
  try {
    return await (
      await load()
    )({ io, console, signal }, options, ...operands);
  } catch (error) {
    console.say("error", errorText(error), errorObject(error));
    if (options.json === true) console.result({ error: errorObject(error) }, "");
    if (options.debug === true && error instanceof Error) io.stderr.write(`${error.stack ?? ""}\n`);
    return exitCodeOf(error);
  }
}
