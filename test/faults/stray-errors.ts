/** Counts errors that nobody caught. In a program that uses the library each of them would end the process. */
export class StrayErrors {
  readonly errors: unknown[] = [];
  readonly #record = (error: unknown): void => void this.errors.push(error);

  constructor() {
    process.on("uncaughtException", this.#record);
    process.on("unhandledRejection", this.#record);
  }

  /** Waits for what is already on its way, and stops counting. */
  async stop(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off("uncaughtException", this.#record);
    process.off("unhandledRejection", this.#record);
  }
}
