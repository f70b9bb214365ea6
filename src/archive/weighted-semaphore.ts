/**
 * A bound on bytes in flight: whoever wants to hold some takes them first and waits its turn. First come, first served,
 * so that a large request is not starved by small ones.
 */

/** What anything in flight costs at least: promises, headers, a turn in a queue. */
const LEAST_BYTES = 64 * 1024;

/** What holding `bytes` weighs, so that a crowd of small requests is bounded too. */
export function memoryOf(bytes: number): number {
  return Math.max(bytes, LEAST_BYTES);
}

/** A budget of `total` bytes; a request above it counts as all of it, so that it runs alone and not never. */
export class WeightedSemaphore {
  readonly #total: number;
  #free: number;
  #failed: { readonly error: unknown } | undefined;
  readonly #waiting: { bytes: number; resolve: () => void; reject: (error: unknown) => void }[] =
    [];

  constructor(total: number) {
    this.#total = total;
    this.#free = total;
  }

  /** @throws what `fail` was given, only after it. */
  async take(bytes: number): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed.error;
    const weight = Math.min(memoryOf(bytes), this.#total);
    if (this.#waiting.length === 0 && weight <= this.#free) {
      this.#free -= weight;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ bytes: weight, resolve, reject });
    });
  }

  /** Gives back what `take` was asked for. */
  give(bytes: number): void {
    this.#free += Math.min(memoryOf(bytes), this.#total);
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.bytes > this.#free) return;
      this.#free -= next.bytes;
      this.#waiting.shift();
      next.resolve();
    }
  }

  /** Turns everyone who waits or will ask away. */
  fail(error: unknown): void {
    this.#failed ??= { error };
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failed.error);
  }
}
