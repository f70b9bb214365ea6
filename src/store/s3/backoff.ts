/** How long to wait before a request is sent again. Pure but for chance. */

const FIRST_MS = 200;
const LONGEST_MS = 8_000;
/** Half a minute in all: a gateway that restarts is back by then. */
const ATTEMPTS = 10;
/** A store that never answered is likelier to be another one than was meant. */
const ATTEMPTS_AT_FIRST = 4;
/** After a request that was repeated in vain, what is left to do is to clean up: it must not take minutes. */
const ATTEMPTS_AT_LAST = 2;

/** How a store behaved so far: it never answered, it answers, or a request to it was repeated in vain. */
export type StoreState = "unknown" | "answers" | "given-up";

const ATTEMPTS_IN: Readonly<Record<StoreState, number>> = {
  unknown: ATTEMPTS_AT_FIRST,
  answers: ATTEMPTS,
  "given-up": ATTEMPTS_AT_LAST,
};

/**
 * @param retries how many tries were made again before.
 * @returns null when it was enough.
 */
export function backoffMs(
  retries: number,
  state: StoreState,
  random: () => number = Math.random,
): number | null {
  if (retries + 1 >= ATTEMPTS_IN[state]) return null;
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** retries);
  return longest / 2 + (random() * longest) / 2;
}
