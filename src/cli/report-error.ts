/** Reports an error on the console, in the same way whether a command's body threw it or its arguments are wrong. */
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
