/**
 * Finds where statements end in the bytes of a plain dump, as psql's scanner does (src/fe_utils/psqlscan.l): quotes, dollar quotes,
 * nested comments, parentheses and SQL bodies of functions. Bytes come in chunks of any size. Works for every
 * encoding of a server: in those, no byte of a longer character is an ASCII one.
 */

import { BYTE, isBlank, isDigit, isWordStart, lineEnd } from "./ascii.ts";
import { DollarQuote } from "./dollar-quote.ts";
import { blocksAfter } from "./routine-body.ts";
import type { Mode, ScanEvent } from "./scan-state.ts";

/** Words of a statement that are kept, and the most characters of each: keywords are shorter. */
const MOST_WORDS = 16;
const WORD_BYTES = 24;
/** Characters of a comment that are kept. */
const COMMENT_BYTES = 200;

export class StatementScanner {
  /** `standard_conforming_strings`: off, a backslash escapes in every string. */
  standardStrings = true;
  /** The first words of the statement outside parentheses and quotes, in lower case. */
  words: string[] = [];
  /** Groups in parentheses that the statement has, since the word VALUES if it has that. */
  groups = 0;
  /** The text of the comment that ended. */
  comment = "";
  /** Whether anything but blanks and comments was read since the last statement. */
  hasToken = false;
  /** The index, counted over all chunks, at which the statement begins. */
  start = 0;

  #mode: Mode = "normal";
  /** Bytes of the chunks before. */
  #base = 0;
  #depth = 0;
  /** Levels of BEGIN ATOMIC and CASE that END closes. */
  #blocks = 0;
  /** A dash or a slash that may begin a comment; 0 for none. */
  #pending = 0;
  #commentDepth = 0;
  /** The byte before, within block comments; 0 after a pair. */
  #before = 0;
  /** Whether the next byte of a string is escaped. */
  #skipsNext = false;
  /** The string that ended last, which goes on with a quote that follows it, at once or on another line. */
  #ended: { readonly mode: Mode; isAdjacent: boolean; sawNewline: boolean } | undefined;
  #word = "";
  /** Length of the word that is being read; 0 outside words. */
  #wordLength = 0;
  #dollarQuote = new DollarQuote();

  /** Whether the input may end here. */
  get isBetweenStatements(): boolean {
    const isOpen = this.#mode !== "normal" && this.#mode !== "line-comment";
    return !this.hasToken && !isOpen && this.#pending === 0;
  }

  /** Begins the next statement. */
  reset(): void {
    this.words = [];
    this.groups = 0;
    this.comment = "";
    this.hasToken = false;
    this.#mode = "normal";
    this.#depth = 0;
    this.#blocks = 0;
    this.#pending = 0;
    this.#ended = undefined;
    this.#wordLength = 0;
  }

  /** Counts bytes that were read without the scanner, such as rows. */
  pass(bytes: number): void {
    this.#base += bytes;
  }

  /**
   * Scans a chunk from an index. `pass` must be called with the bytes that were taken before the next call.
   * @returns what ended, and the index after it.
   */
  scan(chunk: Buffer, from: number): { readonly event: ScanEvent; readonly end: number } {
    for (let at = from; at < chunk.length;) {
      const mode = this.#mode;
      if (mode === "normal") {
        const event = this.#normal(chunk[at]!, this.#base + at - from);
        at++;
        if (event !== undefined) return { event, end: at };
      } else if (mode === "line-comment") {
        at = this.#lineComment(chunk, at);
        if (this.#mode !== mode && !this.hasToken) return { event: "comment", end: at };
      } else at = this.#within(mode, chunk, at);
    }
    return { event: "more", end: chunk.length };
  }

  /** Inside something that holds no statement's end. Returns the next index. */
  #within(mode: Exclude<Mode, "normal" | "line-comment">, chunk: Buffer, at: number): number {
    switch (mode) {
      case "block-comment":
        this.#blockComment(chunk[at]!);
        return at + 1;
      case "quote":
        return this.#until(chunk, at, BYTE.quote, mode);
      case "name":
        return this.#until(chunk, at, BYTE.doubleQuote, undefined);
      case "escape-quote":
        return this.#escapeQuote(chunk, at);
      case "dollar-tag":
        return this.#dollarTag(chunk[at]!) ? at + 1 : at;
      case "dollar":
        return this.#dollar(chunk, at);
    }
  }

  #normal(byte: number, index: number): ScanEvent | undefined {
    if (this.#pending !== 0 && this.#comment(byte)) return undefined;
    if (this.#wordLength > 0 && this.#continuesWord(byte)) return undefined;
    if (isBlank(byte)) {
      this.#endWord();
      if (this.#ended !== undefined) {
        this.#ended.isAdjacent = false;
        this.#ended.sawNewline ||= byte === BYTE.newline || byte === BYTE.return;
      }
      return undefined;
    }
    if (byte === BYTE.backslash) return "backslash";
    if (byte === BYTE.dash || byte === BYTE.slash) {
      this.#endWord();
      this.#pending = byte;
      if (!this.hasToken) this.start = index;
      return undefined;
    }
    return this.#token(byte, index);
  }

  /** A byte after a dash or a slash: whether the two begin a comment. */
  #comment(byte: number): boolean {
    const isComment = byte === (this.#pending === BYTE.dash ? BYTE.dash : BYTE.star);
    this.#mode = isComment ? (byte === BYTE.dash ? "line-comment" : "block-comment") : "normal";
    this.#pending = 0;
    if (isComment) {
      if (byte === BYTE.star) this.#ended = undefined;
      this.comment = "";
      this.#commentDepth = 1;
      this.#before = 0;
      return true;
    }
    this.hasToken = true;
    this.#ended = undefined;
    return false;
  }

  /** A byte that is no blank and begins no comment. */
  #token(byte: number, index: number): ScanEvent | undefined {
    if (!this.hasToken) {
      if (byte === BYTE.semicolon) return undefined;
      this.hasToken = true;
      this.start = index;
    }
    if (byte === BYTE.quote) {
      this.#mode = this.#quoteMode();
      this.#endWord();
      return undefined;
    }
    this.#ended = undefined;
    if (isWordStart(byte)) {
      this.#word = String.fromCharCode(byte);
      this.#wordLength = 1;
      return undefined;
    }
    this.#endWord();
    if (byte === BYTE.doubleQuote) this.#mode = "name";
    else if (byte === BYTE.dollar) {
      this.#mode = "dollar-tag";
      this.#dollarQuote = new DollarQuote();
    } else if (byte === BYTE.open) this.#depth++;
    else if (byte === BYTE.close && this.#depth > 0) {
      this.#depth--;
      if (this.#depth === 0) this.groups++;
    } else if (byte === BYTE.semicolon && this.#depth === 0 && this.#blocks === 0)
      return "statement";
    return undefined;
  }

  #continuesWord(byte: number): boolean {
    if (!isWordStart(byte) && !isDigit(byte) && byte !== BYTE.dollar) return false;
    this.#wordLength++;
    if (this.#depth === 0 && this.#wordLength <= WORD_BYTES)
      this.#word += String.fromCharCode(byte);
    return true;
  }

  #endWord(): void {
    if (this.#wordLength === 0) return;
    this.#wordLength = 0;
    if (this.#depth > 0) return;
    const word = this.#word.toLowerCase();
    if (this.words.length < MOST_WORDS) this.words.push(word);
    if (word === "values") this.groups = 0;
    this.#blocks = blocksAfter(word, this.words, this.#blocks);
  }

  /** How the string reads that a quote begins here. */
  #quoteMode(): Mode {
    const ended = this.#ended;
    if (ended !== undefined && (ended.isAdjacent || ended.sawNewline)) return ended.mode;
    const prefix = this.#wordLength === 1 ? this.#word.toLowerCase() : "";
    if (prefix === "e") return "escape-quote";
    if (prefix === "b" || prefix === "x" || this.standardStrings) return "quote";
    return "escape-quote";
  }

  #until(chunk: Buffer, at: number, quote: number, mode: Mode | undefined): number {
    const end = chunk.indexOf(quote, at);
    if (end < 0) return chunk.length;
    this.#mode = "normal";
    if (mode !== undefined) this.#ended = { mode, isAdjacent: true, sawNewline: false };
    return end + 1;
  }

  #escapeQuote(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      if (this.#skipsNext) this.#skipsNext = false;
      else if (chunk[at] === BYTE.backslash) this.#skipsNext = true;
      else if (chunk[at] === BYTE.quote) return this.#until(chunk, at, BYTE.quote, "escape-quote");
    }
    return chunk.length;
  }

  #lineComment(chunk: Buffer, at: number): number {
    const newline = lineEnd(chunk, at);
    const end = newline < 0 ? chunk.length : newline;
    if (!this.hasToken) {
      const room = COMMENT_BYTES - this.comment.length;
      this.comment += chunk.toString("latin1", at, Math.min(end, at + room));
    }
    if (newline < 0) return end;
    this.#mode = "normal";
    if (this.#ended !== undefined) {
      this.#ended.isAdjacent = false;
      this.#ended.sawNewline = true;
    }
    return newline + 1;
  }

  #blockComment(byte: number): void {
    if (this.#before === BYTE.slash && byte === BYTE.star) this.#commentDepth++;
    else if (this.#before === BYTE.star && byte === BYTE.slash) this.#commentDepth--;
    else {
      this.#before = byte;
      return;
    }
    this.#before = 0;
    if (this.#commentDepth === 0) this.#mode = "normal";
  }

  /** Returns false for a byte that belongs to no tag, and was not taken. */
  #dollarTag(byte: number): boolean {
    switch (this.#dollarQuote.tagByte(byte)) {
      case "begun":
        this.#mode = "dollar";
        return true;
      case "more":
        return true;
      case "none":
        // Not a quote: what followed the dollar is a word of its own.
        this.#mode = "normal";
        this.#word = this.#dollarQuote.word.slice(0, WORD_BYTES);
        this.#wordLength = this.#dollarQuote.word.length;
        return false;
    }
  }

  #dollar(chunk: Buffer, at: number): number {
    const end = this.#dollarQuote.bodyEnd(chunk, at);
    if (end < 0) return chunk.length;
    this.#mode = "normal";
    return end;
  }
}
