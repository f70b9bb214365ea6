/** How long to wait before a request is sent again. Pure but for chance. */

const FIRST_MS = 200;
const LONGEST_MS = 8_000;
/** Half a minute in all: a gateway that restarts is back by then. */
const ATTEMPTS = 10;
/** A store that never answered is likelier to be another one than was meant. */
const ATTEMPTS_AT_FIRST = 4;

/**
 * @param retries how many tries were made again before.
 * @param hasAnswered whether the store ever answered.
 * @returns null when it was enough.
 */
export function backoffMs(
  retries: number,
  hasAnswered: boolean,
  random: () => number = Math.random,
): number | null {
  if (retries + 1 >= (hasAnswered ? ATTEMPTS : ATTEMPTS_AT_FIRST)) return null;
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** retries);
  return longest / 2 + (random() * longest) / 2;
}
