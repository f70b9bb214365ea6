/**
 * Streams that others use already, or that are at their end: read all the same, one would be an empty or damaged archive. A
 * stream that broke is none of them, as that happens to right programs, too. Pure.
 */

/** What tells it of streams of Node.js and of the web. */
interface StreamState {
  readonly locked?: unknown;
  readonly readableEnded?: unknown;
  readonly readableEncoding?: unknown;
  readonly readableFlowing?: unknown;
}

/**
 * Why a stream cannot be read (an archive) or written (a target).
 * @returns a clause that follows "a stream"; undefined for streams that can be used, and for anything else.
 */
export function streamProblem(use: "archive" | "target", value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const state: StreamState = value;
  if (state.locked === true) return "that something else uses already";
  if (use === "target") return undefined;
  if (state.readableEnded === true) return "that was read to its end";
  if (state.readableFlowing === true) return "that something else reads already";
  if (typeof state.readableEncoding === "string") return "of text, where bytes belong";
  return undefined;
}
