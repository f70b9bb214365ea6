/** Questions to whoever sits at the terminal. Where nobody does, there is no question. */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { throwIfAborted } from "../errors.ts";
import type { Io } from "./console.ts";

/** Whether somebody can be asked: both ends of the conversation are a terminal. */
export function isTerminal({ stdin, stderr }: Io): boolean {
  return (stdin as { isTTY?: boolean }).isTTY === true && stderr.isTTY === true;
}

/**
 * Whether the answer is exactly `expected`.
 * @throws AbortedError when the signal fired instead of an answer.
 */
export async function ask(
  io: Io,
  question: string,
  expected: string,
  signal: AbortSignal,
): Promise<boolean> {
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: false });
  // Ctrl-D ends the input, and would leave the question open for ever.
  const hungUp = once(lines, "close").then(() => null);
  try {
    const answer = await Promise.race([lines.question(question, { signal }), hungUp]);
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
