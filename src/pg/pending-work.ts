/**
 * What waits for a connection. The driver forgets a statement in some of the ways in which a connection can end, and a
 * promise would then never settle; so each one is made to fail here.
 */
import type pg from "pg";
import { connectionLost } from "./server-error.ts";

export class PendingWork {
  readonly #client: pg.ClientBase;
  readonly #waiting = new Set<(error: Error) => void>();
  /** Why the connection ended, when the driver said so before. */
  #reason: Error | undefined;
  #ended: Error | undefined;
  #isBroken = false;

  constructor(client: pg.ClientBase) {
    this.#client = client;
    client.on("error", this.#onError);
    client.on("end", this.#onEnd);
  }

  readonly #onError = (error: Error): void => {
    this.#reason ??= error;
    this.#isBroken = true;
  };

  readonly #onEnd = (): void => {
    this.#ended = this.#reason ?? connectionLost();
    this.fail(this.#ended);
  };

  /** An error came after which the connection will end: the driver then reports that end as another error. */
  markBroken(): void {
    this.#isBroken = true;
  }

  /** Resolves when the connection has ended, or at once when it works. */
  async brokenEnd(): Promise<void> {
    if (this.#isBroken && this.#ended === undefined)
      await new Promise<void>((resolve) => void this.#client.once("end", resolve));
  }

  /** How much is waiting. */
  get count(): number {
    return this.#waiting.size;
  }

  /** Calls `onFailure` when the connection ends. @returns to be called when the work is over. */
  add(onFailure: (error: Error) => void): () => void {
    this.#waiting.add(onFailure);
    if (this.#ended !== undefined) queueMicrotask(() => this.fail(this.#ended!));
    return () => void this.#waiting.delete(onFailure);
  }

  /** Settles as the work does, or rejects when the connection ends. */
  race<T>(work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const over = this.add((error) => {
        over();
        reject(error);
      });
      work().then(
        (value) => {
          over();
          resolve(value);
        },
        (error: unknown) => {
          over();
          reject(error);
        },
      );
    });
  }

  /** Makes everything that waits fail. */
  fail(error: Error): void {
    for (const onFailure of this.#waiting) onFailure(error);
  }

  /** The listener of errors stays on a broken connection that has not ended: the driver would report that, too. */
  dispose(): void {
    if (!this.#isBroken || this.#ended !== undefined) this.#client.off("error", this.#onError);
    this.#client.off("end", this.#onEnd);
  }
}
