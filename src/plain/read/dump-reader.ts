/**
 * A plain dump as what psql makes of it: statements, rows of COPY blocks, comments and backslash commands, one after the other.
 * Rows pass through as bytes.
 */
import { countRows } from "../../archive/rows.ts";
import { ArchiveError } from "../../errors.ts";
import { MAX_PLAIN_STATEMENT_BYTES } from "../../limits.ts";
import { formatBytes } from "../../util/format.ts";
import { StatementScanner } from "./statement-scanner.ts";

export interface DumpStatement {
  readonly type: "statement";
  /** With its semicolon, in the encoding of the dump. */
  readonly bytes: Buffer;
  /** Line in which it begins, from 1. */
  readonly line: number;
  /** Its first words outside parentheses and quotes, in lower case. */
  readonly words: readonly string[];
  /** Groups in parentheses; after VALUES, if it has that word. */
  readonly groups: number;
}

export type DumpItem =
  | DumpStatement
  | { readonly type: "comment"; readonly text: string }
  | DumpCommand;

/** A backslash command of psql. */
export interface DumpCommand {
  readonly type: "command";
  /** Without the backslash, up to the end of the line. */
  readonly text: string;
  readonly line: number;
  /** Whether it stands within a statement. */
  readonly isWithin: boolean;
}

const NEWLINE = 10;
const END_OF_ROWS = Buffer.from("\n\\.");
/** What may follow `\.` on its line. */
const LINE_ENDS = ["\n", "\r\n"];
const COMMAND_BYTES = 1024;

export class DumpReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #scanner = new StatementScanner();
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Index of the chunk's first byte in the whole text. */
  #offset = 0;
  #line = 1;
  #rows = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes of text that were read. */
  get bytes(): number {
    return this.#offset + this.#at;
  }

  /** The line that is read next. */
  get line(): number {
    return this.#line;
  }

  /** Rows of the COPY block that was read last. */
  get rows(): number {
    return this.#rows;
  }

  /** Says how the strings read that follow: `standard_conforming_strings`. */
  setStandardStrings(isOn: boolean): void {
    this.#scanner.standardStrings = isOn;
  }

  /**
   * The next item; undefined at the end.
   * @throws ArchiveError only when the text ends within a statement, or one is too large.
   */
  async next(): Promise<DumpItem | undefined> {
    const scanner = this.#scanner;
    const taken: Buffer[] = [];
    let takenOffset = this.bytes;
    let size = 0;
    for (;;) {
      if (this.#at >= this.#chunk.length && !(await this.#more())) {
        if (scanner.isBetweenStatements) return undefined;
        throw cutShort(`within the statement that begins in line ${this.#line}`);
      }
      const from = this.#at;
      const { event, end } = scanner.scan(this.#chunk, from);
      const bytes = this.#chunk.subarray(from, end);
      this.#at = end;
      scanner.pass(bytes.length);
      taken.push(bytes);
      size += bytes.length;
      if (size > MAX_PLAIN_STATEMENT_BYTES) throw tooLarge(this.#line);
      if (event === "more") {
        if (!scanner.isBetweenStatements) continue;
        for (const passed of taken.splice(0)) this.#line += countRows(passed);
        takenOffset = this.bytes;
        size = 0;
        continue;
      }
      return this.#item(event, taken.length === 1 ? bytes : Buffer.concat(taken), takenOffset);
    }
  }

  async #item(
    event: "statement" | "comment" | "backslash",
    text: Buffer,
    offset: number,
  ): Promise<DumpItem> {
    const scanner = this.#scanner;
    if (event === "comment") {
      this.#line += countRows(text);
      const comment = scanner.comment.trim();
      scanner.reset();
      return { type: event, text: comment };
    }
    if (event === "backslash") {
      const line = this.#line + countRows(text);
      const command = await this.#restOfLine();
      this.#line = line + 1;
      const isWithin = scanner.hasToken;
      scanner.reset();
      return { type: "command", text: command, line, isWithin };
    }
    const bytes = text.subarray(scanner.start - offset);
    const line = this.#line + countRows(text.subarray(0, scanner.start - offset));
    this.#line = line + countRows(bytes);
    const { words, groups } = scanner;
    scanner.reset();
    return { type: event, bytes, line, words, groups };
  }

  /** The text up to the end of the line, which is passed. */
  async #restOfLine(): Promise<string> {
    let text = "";
    for (;;) {
      if (this.#at >= this.#chunk.length && !(await this.#more())) return text;
      const newline = this.#chunk.indexOf(NEWLINE, this.#at);
      const end = newline < 0 ? this.#chunk.length : newline;
      text += this.#chunk.toString("latin1", this.#at, Math.min(end, this.#at + COMMAND_BYTES));
      this.#skipTo(newline < 0 ? end : newline + 1);
      if (newline >= 0) return text.slice(0, COMMAND_BYTES).trimEnd();
    }
  }

  /**
   * The rows that follow a COPY statement, in chunks, up to the line `\.`, which is passed.
   * @throws ArchiveError only when the text ends before it, or something follows the statement in its line.
   */
  async *copyRows(): AsyncGenerator<Buffer> {
    const first = this.#line;
    if ((await this.#restOfLine()).trim() !== "")
      throw new ArchiveError(`something follows the COPY statement of line ${first} in its line`);
    this.#line++;
    this.#rows = 0;
    let isLineStart = true;
    for (;;) {
      if (this.#at >= this.#chunk.length && !(await this.#more()))
        throw cutShort(`within the rows that begin in line ${first + 1}`);
      const rest = this.#chunk.subarray(this.#at);
      const { rows, end, undecided } = endOfRows(rest, isLineStart);
      if (rows > 0) {
        const block = rest.subarray(0, rows);
        this.#count(countRows(block));
        isLineStart = block[rows - 1] === NEWLINE;
        // Taken before it is given away: the consumer may never come back.
        this.#skipTo(this.#at + rows);
        yield block;
      }
      if (end > 0) {
        this.#skipTo(this.#at + end);
        this.#line++;
        return;
      }
      if (!undecided || (await this.#extend())) continue;
      // The last line has no end.
      const last = this.#chunk.toString("latin1", this.#at).trimEnd();
      this.#skipTo(this.#chunk.length);
      if (last === "\\.") return;
      throw cutShort(`within the rows that begin in line ${first + 1}`);
    }
  }

  #count(rows: number): void {
    this.#rows += rows;
    this.#line += rows;
  }

  #skipTo(index: number): void {
    this.#scanner.pass(index - this.#at);
    this.#at = index;
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    this.#offset += this.#chunk.length;
    this.#chunk = value;
    this.#at = 0;
    return true;
  }

  /** Puts the next chunk behind the rest of this one, which is short. */
  async #extend(): Promise<boolean> {
    const { value, done } = await this.#chunks.next();
    if (done === true) return false;
    this.#offset += this.#at;
    this.#chunk = Buffer.concat([this.#chunk.subarray(this.#at), value]);
    this.#at = 0;
    return true;
  }

  /** Ends the reading. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

interface EndOfRows {
  /** Bytes of rows at the beginning. */
  readonly rows: number;
  /** Bytes of the line `\.` behind them; 0 when it is not here. */
  readonly end: number;
  /** Whether what is behind the rows may be the beginning of that line. */
  readonly undecided: boolean;
}

/** Looks for the line at which psql ends COPY data (handleCopyIn(), src/bin/psql/copy.c): `\.` and nothing else. */
function endOfRows(text: Buffer, isLineStart: boolean): EndOfRows {
  let at = isLineStart ? 0 : lineAfter(text, 0);
  for (; at >= 0; at = lineAfter(text, at)) {
    const line = text.toString("latin1", at, at + 4);
    const ended = LINE_ENDS.find((lineEnd) => line.startsWith(`\\.${lineEnd}`));
    if (ended !== undefined) return { rows: at, end: 2 + ended.length, undecided: false };
    if (text.length - at < 4 && "\\.\r\n".startsWith(line) && line !== "")
      return { rows: at, end: 0, undecided: true };
  }
  // A line that has only begun may be that line, too.
  const last = text.lastIndexOf(NEWLINE) + 1;
  const begun = text.toString("latin1", last, last + 4);
  const isUndecided = last > 0 && begun !== "" && "\\.\r\n".startsWith(begun);
  return { rows: isUndecided ? last : text.length, end: 0, undecided: isUndecided };
}

/** The index of the next line that begins with `\.`; -1 without one. */
function lineAfter(text: Buffer, from: number): number {
  const newline = text.indexOf(END_OF_ROWS, from);
  return newline < 0 ? -1 : newline + 1;
}

function cutShort(where: string): ArchiveError {
  return new ArchiveError(`the dump is cut short: it ends ${where}`, {
    hint: "pg_dump was interrupted, or the file was not copied whole: use another backup",
  });
}

function tooLarge(line: number): ArchiveError {
  return new ArchiveError(
    `the statement that begins in line ${line} is larger than ${formatBytes(MAX_PLAIN_STATEMENT_BYTES)}`,
    { hint: "a quote in it may not be closed; psql has no such limit" },
  );
}
