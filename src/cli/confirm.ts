/** Questions to the operator at a terminal. Without a terminal nothing is asked. */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { RefusedError, throwIfAborted } from "../errors.ts";
import type { Io } from "./console.ts";

/** True when an operator can be asked: standard input and standard error are both a terminal. */
export function isTerminal({ stdin, stderr }: Io): boolean {
  return (stdin as { isTTY?: boolean }).isTTY === true && stderr.isTTY === true;
}

/**
 * Asks a question and returns true when the answer is exactly `expected`.
 * @throws AbortedError only when the signal fired before the answer.
 */
export async function ask(
  io: Io,
  question: string,
  expected: string,
  signal: AbortSignal,
): Promise<boolean> {
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: false });
  // Ctrl-D closes the input, and `question` would never settle.
  const closed = once(lines, "close").then(() => null);
  try {
    const answer = await Promise.race([lines.question(question, { signal }), closed]);
    if (answer === null) io.stderr.write("\n");
    return answer?.trim() === expected;
  } catch (error) {
    io.stderr.write("\n");
    throwIfAborted(signal, "while waiting for an answer");
    throw error;
  } finally {
    lines.close();
  }
}

export interface Confirmation {
  readonly question: string;
  /** The one answer that confirms. */
  readonly expected: string;
  /** What is confirmed, as in `the restore was not confirmed`. */
  readonly action: string;
  /** What would be changed. */
  readonly object: string;
  /** Standard input is taken, so that nobody can answer there. Default: false. */
  readonly fromStdin?: boolean;
}

/**
 * Asks before something is changed.
 * @throws RefusedError (NOT_CONFIRMED) for any other answer; AbortedError only when the signal fired before the answer.
 */
export async function requireAnswer(
  { io, signal }: { readonly io: Io; readonly signal: AbortSignal },
  { question, expected, action, object, fromStdin = false }: Confirmation,
): Promise<void> {
  if (!fromStdin && (await ask(io, question, expected, signal))) return;
  throw new RefusedError("NOT_CONFIRMED", `the ${action} was not confirmed: nothing was changed`, {
    object,
    hint: `type ${expected} when asked, or pass --yes`,
  });
}
