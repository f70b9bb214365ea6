/**
 * Output of a command: the result goes to standard output, messages and progress to standard error. `--quiet` leaves
 * warnings and errors, `--log-format json` makes each message one JSON object.
 */
import type { Readable, Writable } from "node:stream";
import { printable, printableLine } from "../util/printable.ts";
import { inColor, type Line, partsOf, plainLine, showsColors } from "./color.ts";

/** The streams and the environment of a command, so that tests can run it without a process. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ConsoleOptions {
  readonly quiet?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly logFormat?: "text" | "json" | undefined;
  /** False for no colors, whatever the terminal can show. */
  readonly color?: boolean | undefined;
}

export type Level = "info" | "warning" | "error";

/** Version of the JSON objects that `--json` prints. It changes when a field is removed or changes its meaning. */
export const JSON_VERSION = 1;

const DEFAULT_COLUMNS = 80;
/** No command has more warnings that somebody would read. */
const MOST_WARNINGS = 100;

/** What a command said, for the notifications of its end. */
export interface ConsoleRecord {
  readonly warnings: readonly string[];
  /** The last error message, and its code and hint where it has them. */
  readonly error: { readonly message: string; readonly fields: object } | null;
  readonly result: { readonly value: object; readonly text: string } | null;
}

export class Console {
  readonly io: Io;
  readonly #options: ConsoleOptions;
  #drawn = "";
  readonly #warnings: string[] = [];
  #error: ConsoleRecord["error"] = null;
  #result: ConsoleRecord["result"] = null;

  constructor(io: Io, options: ConsoleOptions) {
    this.io = io;
    this.#options = options;
  }

  /** True when standard error is a terminal on which one line can be redrawn. */
  get isLive(): boolean {
    return (
      this.io.stderr.isTTY === true &&
      this.#options.quiet !== true &&
      this.#options.logFormat !== "json"
    );
  }

  get record(): ConsoleRecord {
    return { warnings: this.#warnings, error: this.#error, result: this.#result };
  }

  /** Writes a message to standard error. Only JSON logs contain `fields`. */
  say(level: Level, text: string, fields: object = {}): void {
    if (level === "warning" && this.#warnings.length < MOST_WARNINGS) this.#warnings.push(text);
    if (level === "error" && "code" in fields) this.#error = { message: text, fields };
    if (level === "info" && this.#options.quiet === true) return;
    this.clear();
    if (this.#options.logFormat === "json") {
      const entry = { time: new Date().toISOString(), level, message: text, ...fields };
      this.io.stderr.write(`${JSON.stringify(entry)}\n`);
    } else {
      const isColored = showsColors(this.io.stderr, this.io.env, this.#options);
      this.io.stderr.write(`${labelOf(level, isColored)}${messageText(level, text)}\n`);
    }
  }

  /** Draws a line that the next message or drawing replaces. Only when `isLive`. */
  draw(text: string): void {
    // Some terminals say that they have 0 columns.
    const width = this.io.stderr.columns || DEFAULT_COLUMNS;
    const line = printableLine(text).slice(0, width - 1);
    if (line === this.#drawn) return;
    this.io.stderr.write(`\r\u001B[K${line}`);
    this.#drawn = line;
  }

  /** Removes the drawn line. */
  clear(): void {
    if (this.#drawn !== "") this.io.stderr.write("\r\u001B[K");
    this.#drawn = "";
  }

  /** Writes the result to standard output: the text or the lines, or with `--json` the object alone. */
  result(value: object, text: string | readonly Line[]): void {
    this.clear();
    const lines = typeof text === "string" ? [text] : text;
    this.#result = { value, text: lines.map(plainLine).join("\n") };
    const output =
      this.#options.json === true
        ? JSON.stringify({ version: JSON_VERSION, ...value })
        : lines.map((line) => this.#shown(line)).join("\n");
    this.io.stdout.write(`${output}\n`);
  }

  #shown(line: Line): string {
    const { stdout, env } = this.io;
    const safe = stdout.isTTY === true ? printable : (text: string) => text;
    if (!showsColors(stdout, env, this.#options)) return safe(plainLine(line));
    return partsOf(line)
      .map((part) =>
        typeof part === "string" ? safe(part) : inColor(part.tone, printable(part.colored)),
      )
      .join("");
  }
}

const LABELS = {
  info: null,
  warning: { text: "warning:", tone: "doubtful" },
  error: { text: "error:", tone: "bad" },
} as const;

function labelOf(level: Level, isColored: boolean): string {
  const label = LABELS[level];
  if (label === null) return "";
  return `${isColored ? inColor(label.tone, label.text) : label.text} `;
}

/** A warning is one line. Of an error no line but the first begins at the margin, so that no name can look like a message. */
function messageText(level: Level, text: string): string {
  if (level === "info") return printable(text);
  if (level === "warning") return printableLine(text);
  return printable(text).replaceAll(/\n(?! )/g, "\n  ");
}
