/** Work that is prepared at the same time and done in the order in which it was begun. */

/** The first failure fails all that follows. */
export class Turns {
  readonly #onFailure: (error: unknown) => void;
  /** Resolves when everything begun so far is done. */
  #last: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  /** @param onFailure called with every failure. */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /** Runs `work` with the prepared value after everything begun before. */
  async take<T>(prepared: Promise<T>, work: (value: T) => Promise<void>): Promise<void> {
    const before = this.#last;
    const mine = (async () => {
      const value = await prepared;
      await before;
      this.#throwIfFailed();
      await work(value);
    })();
    // Never rejects: everything after it must learn of the failure, and not only of the turn.
    this.#last = mine.catch((error: unknown) => this.fail(error)).then(() => before);
    await mine;
  }

  /** Nothing begins any more. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#onFailure(error);
  }

  /**
   * Resolves when everything begun so far is done.
   * @throws the first failure.
   */
  async end(): Promise<void> {
    await this.#last;
    this.#throwIfFailed();
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
