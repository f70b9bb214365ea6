/** Keeps copies ready for whoever asks next. Knows nothing of databases. */

interface Waiter<Copy> {
  readonly resolve: (copy: Copy) => void;
  readonly reject: (error: unknown) => void;
}

export class ReadyCopies<Copy> {
  readonly #size: number;
  readonly #create: () => Promise<Copy>;
  readonly #ready: Copy[] = [];
  readonly #waiters: Waiter<Copy>[] = [];
  #working: Promise<void> | undefined;
  #isClosed = false;

  /** @param size how many to keep; with 0 each is created when it is asked for. */
  constructor(size: number, create: () => Promise<Copy>) {
    this.#size = size;
    this.#create = create;
  }

  /** A copy that is ready, else the next one. Rejects with what `create` throws. */
  take(): Promise<Copy> {
    const ready = this.#ready.shift();
    const copy =
      ready === undefined
        ? new Promise<Copy>((resolve, reject) => void this.#waiters.push({ resolve, reject }))
        : Promise.resolve(ready);
    this.fill();
    return copy;
  }

  /** Creates what is missing, in the background. What fails there is tried again when a copy is taken. */
  fill(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      // Somebody may have asked after the last look.
      if (this.#waiters.length > 0) this.fill();
    });
  }

  async #work(): Promise<void> {
    while (!this.#isClosed && this.#ready.length - this.#waiters.length < this.#size) {
      try {
        const copy = await this.#create();
        const waiter = this.#waiters.shift();
        if (waiter === undefined) this.#ready.push(copy);
        else waiter.resolve(copy);
      } catch (error) {
        const waiter = this.#waiters.shift();
        if (waiter === undefined) return;
        waiter.reject(error);
      }
    }
  }

  /** Creates no more. @returns those that nobody took, when the last one is complete. */
  async drain(reason: Error): Promise<Copy[]> {
    this.#isClosed = true;
    await this.#working;
    for (const { reject } of this.#waiters.splice(0)) reject(reason);
    return this.#ready.splice(0);
  }
}
