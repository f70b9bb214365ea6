/** The states of the scanner of statements. Types only. */

/**
 * Why `scan` returned: all bytes were taken, and nothing ended; a statement ended with its semicolon; a line comment between two
 * statements ended; or a backslash stands outside quotes, after which psql reads a command of its own.
 */
export type ScanEvent = "more" | "statement" | "comment" | "backslash";

/** What the next byte is a part of. */
export type Mode =
  | "normal"
  | "line-comment"
  | "block-comment"
  | "quote"
  | "escape-quote"
  | "name"
  | "dollar-tag"
  | "dollar";
