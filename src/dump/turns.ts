/** Lets relations write to the archive one after the other, whichever connection is faster. */
import { AbortedError } from "../errors.ts";

/** Each relation's turn comes when all before it in the order are done. */
export class Turns {
  readonly #order: readonly number[];
  readonly #done = new Set<number>();
  readonly #waiting = new Map<number, () => void>();
  /** Rejects when the signal fires. */
  readonly #stopped: Promise<never>;
  #next = 0;

  constructor(order: readonly number[], signal: AbortSignal) {
    this.#order = order;
    this.#stopped = new Promise((_resolve, reject) => {
      const stop = (): void => reject(new AbortedError("while waiting for another table"));
      signal.addEventListener("abort", stop, { once: true });
    });
    this.#stopped.catch(() => undefined);
  }

  /** @throws AbortedError only when the signal fires before the turn comes. */
  async wait(relation: number): Promise<void> {
    if (this.#order[this.#next] === relation) return;
    const turn = new Promise<void>((resolve) => this.#waiting.set(relation, resolve));
    await Promise.race([turn, this.#stopped]);
  }

  done(relation: number): void {
    this.#done.add(relation);
    while (this.#done.has(this.#order[this.#next]!)) this.#next++;
    this.#waiting.get(this.#order[this.#next]!)?.();
  }
}
