/** Tells of tests that do not run, so that nobody takes their silence for a pass. */

/** Writes to standard error. @returns the last line, for the names of the skipped tests. */
export function loudly(why: string): string {
  process.stderr.write(`\n${"!".repeat(100)}\n${why}\n${"!".repeat(100)}\n\n`);
  return why.split("\n").at(-1) ?? "no reason was given";
}
