/** Questions to whoever sits at the terminal. Where nobody does, there is no question. */
import { createInterface } from "node:readline/promises";
import type { Io } from "./console.ts";

/** Whether somebody can be asked: both ends of the conversation are a terminal. */
export function isTerminal({ stdin, stderr }: Io): boolean {
  return (stdin as { isTTY?: boolean }).isTTY === true && stderr.isTTY === true;
}

/** Whether the answer is exactly `expected`. */
export async function ask(
  io: Io,
  question: string,
  expected: string,
  signal: AbortSignal,
): Promise<boolean> {
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: false });
  try {
    return (await lines.question(question, { signal })).trim() === expected;
  } finally {
    lines.close();
  }
}
