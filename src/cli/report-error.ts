/** Reports an error on the console, in the same way whether a command's body threw it or its arguments are wrong. */
import { AbortedError, isNexushubDumpError, NexushubDumpError } from "../errors.ts";
import type { CommonOptions } from "./command.ts";
import type { Console } from "./console.ts";
import { errorObject, errorText } from "./error-text.ts";
import { exitCodeOf } from "./exit-codes.ts";

/** Returns the exit code. With `--json` the error is the result. */
export function reportError(console: Console, error: unknown, options: CommonOptions): number {
  const object = errorObject(error);
  console.say("error", errorText(error), object);
  if (options.json === true) console.result({ error: object }, "");
  if (options.debug === true && error instanceof Error)
    console.io.stderr.write(`${error.stack ?? ""}\n`);
  return exitCodeOf(error);
}

/** The reason to stop when something threw that nothing caught. */
export function crash(cause: unknown): NexushubDumpError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new NexushubDumpError("INTERNAL", `an unexpected error: ${text}`, {
    hint: "report this with the output of --debug",
    cause,
  });
}

/** What Node.js throws where a signal ends a wait is no failure; after a crash everything that throws is one. */
export function interruptedBy(signal: AbortSignal, error: unknown): unknown {
  if (signal.aborted && isNexushubDumpError(signal.reason)) return signal.reason;
  if (!signal.aborted || isNexushubDumpError(error)) return error;
  return new AbortedError("while the command was at work", { cause: error });
}
