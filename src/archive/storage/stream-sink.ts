/**
 * An archive written to a caller's stream. The stream is ended when the archive is complete and destroyed when it is
 * not, so that whoever reads sees a broken transfer and never a short file; the process's own stdout is left open.
 */
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { outputError } from "../../util/output-error.ts";
import type { ArchiveSink } from "./store.ts";

const OBJECT = "the output stream";

/** Takes over the stream until it is ended or destroyed. */
export function openStreamSink(stream: Writable): ArchiveSink {
  return new StreamSink(stream);
}

class StreamSink implements ArchiveSink {
  readonly #stream: Writable;
  /** stdout and stderr can't be closed, and are the process's. */
  readonly #keepOpen: boolean;
  #error: Error | undefined;
  #done = false;
  /** Ends a write that the stream does not take. */
  #giveUp: (() => void) | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    this.#keepOpen = stream === process.stdout || stream === process.stderr;
    // For as long as the stream lives: an error between two writes must not become an uncaught one.
    stream.on("error", (error) => {
      this.#error ??= error;
    });
  }

  #throwIfBroken(): void {
    if (this.#error !== undefined) throw outputError(this.#error, OBJECT);
    if (this.#stream.destroyed || this.#stream.writableEnded) {
      throw outputError(
        Object.assign(new Error("closed"), { code: "ERR_STREAM_DESTROYED" }),
        OBJECT,
      );
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#throwIfBroken();
    // A stream may pass on what it took, and say so while the next one still holds it; these bytes are used again.
    const kept = this.#keepOpen ? bytes : Buffer.from(bytes);
    await new Promise<void>((resolve, reject) => {
      // A destroyed stream does not always call back (a socket whose peer is gone), but it always closes.
      const closed = (): void =>
        settle(Object.assign(new Error("closed"), { code: "ERR_STREAM_DESTROYED" }));
      const settle = (error?: Error | null): void => {
        this.#giveUp = undefined;
        this.#stream.off("close", closed);
        if (error) reject(outputError(this.#error ?? error, OBJECT));
        else resolve();
      };
      this.#giveUp = closed;
      this.#stream.on("close", closed);
      this.#stream.write(kept, settle);
    });
  }

  async commit(): Promise<void> {
    this.#throwIfBroken();
    this.#done = true;
    if (this.#keepOpen) return;
    try {
      this.#stream.end();
      await finished(this.#stream, { readable: false });
    } catch (error) {
      throw outputError(error, OBJECT);
    }
  }

  async abort(): Promise<void> {
    if (this.#done) return;
    this.#done = true;
    // Without an error: the caller learns it from the call, and a stream without a listener would end the process.
    if (!this.#keepOpen) this.#stream.destroy();
    // Whoever reads the process's output may have stopped.
    this.#giveUp?.();
  }
}
