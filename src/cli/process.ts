/** A command as a process: its signals, its crashes and its exit code. Only this file ends the process. */
import { OutputError } from "../errors.ts";
import { Console } from "./console.ts";
import { DONE, FAILED, INTERRUPTED } from "./exit-codes.ts";
import { crash, reportError } from "./report-error.ts";
import { run } from "./run.ts";
import { reasonOf } from "../util/output-error.ts";

/** Longer than a command takes to stop, and to tell about it. */
const CLEANUP_MS = 60_000;

/** Runs the command line to its end. Call it once. */
export async function runProcess(argv: readonly string[]): Promise<void> {
  const stop = stopOfProcess();
  const { stdin, stdout, stderr, env } = process;
  const io = { stdin, stdout, stderr, env };
  let hasEnded = false;
  const reportOutput = (error: OutputError): void =>
    void (process.exitCode = reportError(new Console(io, {}), error, {}));
  let failure: OutputError | undefined;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    const ended = outputEnded(error);
    stop.abort(ended);
    // A reader that exited after the end (`| head`) has what it wanted.
    if (error.code === "EPIPE") return;
    failure = ended;
    if (hasEnded) reportOutput(ended);
  });
  // Until a command tells how it ended: one that stops with nothing left to wait for has not succeeded.
  process.exitCode = FAILED;
  const code = await run(argv, io, stop.signal);
  hasEnded = true;
  process.exitCode = code;
  // A command that met the error reported it.
  if (failure !== undefined && code === DONE) reportOutput(failure);
  // What nobody reads of the standard output would keep the process alive.
  if (stop.signal.aborted) process.exit();
}

function outputEnded(error: NodeJS.ErrnoException): OutputError {
  return new OutputError(`cannot write to standard output: ${reasonOf(error)}`, { cause: error });
}

/** Is aborted by a signal and by a crash. */
function stopOfProcess(): AbortController {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      // A second signal: the sender does not want to wait for an orderly end.
      if (stop.signal.aborted) process.exit(INTERRUPTED);
      stop.abort(new Error(`received ${name}`));
    });
  }
  // What nothing caught ends the command like a signal, so that it cleans up, and those who wait for its end are notified.
  process.on("uncaughtException", (error) => {
    if (stop.signal.aborted) process.exit(FAILED);
    stop.abort(crash(error));
    setTimeout(() => process.exit(FAILED), CLEANUP_MS).unref();
  });
  process.stderr.on("error", () => {});
  return stop;
}
