/**
 * Where a command's words go: results to standard output, messages and progress to standard error. `--quiet` keeps
 * warnings and errors, `--log-format json` makes each message one JSON object.
 */
import type { Readable, Writable } from "node:stream";

/** What a command is given of its process, so that tests can run it without one. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ConsoleOptions {
  readonly quiet?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly logFormat?: "text" | "json" | undefined;
}

export type Level = "info" | "warning" | "error";

export class Console {
  readonly io: Io;
  readonly #options: ConsoleOptions;
  #live = "";

  constructor(io: Io, options: ConsoleOptions) {
    this.io = io;
    this.#options = options;
  }

  /** Whether a line that redraws itself makes sense here. */
  get isLive(): boolean {
    return (
      this.io.stderr.isTTY === true &&
      this.#options.quiet !== true &&
      this.#options.logFormat !== "json"
    );
  }

  /** A message on standard error. `fields` appear in JSON logs alone. */
  say(level: Level, text: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (level === "info" && this.#options.quiet === true) return;
    this.clear();
    if (this.#options.logFormat === "json") {
      const entry = { time: new Date().toISOString(), level, message: text, ...fields };
      this.io.stderr.write(`${JSON.stringify(entry)}\n`);
    } else {
      this.io.stderr.write(`${level === "info" ? "" : `${level}: `}${text}\n`);
    }
  }

  /** Draws a line that the next message or drawing replaces. Only where `isLive`. */
  draw(text: string): void {
    const width = this.io.stderr.columns ?? 80;
    const line = text.slice(0, width - 1);
    if (line === this.#live) return;
    this.io.stderr.write(`\r\u001B[K${line}`);
    this.#live = line;
  }

  /** Removes the drawn line. */
  clear(): void {
    if (this.#live !== "") this.io.stderr.write("\r\u001B[K");
    this.#live = "";
  }

  /** The result on standard output: `text` for people, or with `--json` the object alone. */
  result(value: unknown, text: string): void {
    this.clear();
    this.io.stdout.write(this.#options.json === true ? `${JSON.stringify(value)}\n` : `${text}\n`);
  }
}
