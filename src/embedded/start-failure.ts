/** Why an embedded server did not start: the one line of its log that says so, and what to do. Pure. */
import { ConnectionError, isNexushubDumpError } from "../errors.ts";
import { systemReason } from "../util/system-reason.ts";

/** A line of initdb (`initdb: error: …`) or of the server, which initdb runs in the middle of a line of its own. */
const REASON = /\b(?:FATAL|PANIC|error|fatal):\s+(.+)$/m;
/** What is wrong in a configuration file is said before that. */
const WRONG_SETTINGS = /^configuration file .* contains errors/;
const LOG_LINE = /\bLOG:\s+(.+)$/gm;
const NO_SPACE = /No space left on device|Disk quota exceeded/;
const MOST_LINES = 20;

export interface StartFacts {
  readonly late: boolean;
  /** The log of initdb and the server. */
  readonly log: string;
  /** The folder in which the server's own one was made. */
  readonly base: string;
}

export function startFailure({ late, log, base }: StartFacts): ConnectionError {
  const what = `the embedded PostgreSQL ${late ? "took too long to start" : "did not start"}`;
  const reason = late ? undefined : reasonIn(log);
  const message = reason === undefined ? `${what}\n${lastLines(log)}` : `${what}: ${reason}`;
  return new ConnectionError(message, { hint: hintFor(log, base) });
}

/** The end of a log, as much as a message can hold. */
export function lastLines(log: string): string {
  return log.trimEnd().split("\n").slice(-MOST_LINES).join("\n");
}

function reasonIn(log: string): string | undefined {
  const reason = REASON.exec(log)?.[1];
  if (reason === undefined || !WRONG_SETTINGS.test(reason)) return reason;
  const settings = Array.from(log.matchAll(LOG_LINE), ([, text]) => text!);
  return settings.length === 0 ? reason : settings.join("; ");
}

/** An error of the file system while the server's folder was made. */
export function folderFailure(error: unknown, base: string): unknown {
  if (isNexushubDumpError(error) || !(error instanceof Error) || !("syscall" in error))
    return error;
  return new ConnectionError(`the embedded PostgreSQL did not start: ${systemReason(error)}`, {
    object: base,
    hint: roomHint(base),
    cause: error,
  });
}

function hintFor(log: string, base: string): string | undefined {
  if (NO_SPACE.test(log)) return roomHint(base);
  return log.includes("could not look up effective user ID")
    ? "PostgreSQL wants its account to have a name: add one to /etc/passwd, or run this as root"
    : undefined;
}

function roomHint(base: string): string {
  return `free some space in ${base}, or set TMPDIR to another folder`;
}
