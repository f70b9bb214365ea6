/** Colors of a terminal: where they are shown, and which verdict has which. Pure. */
import { styleText } from "node:util";

export type Tone = "good" | "doubtful" | "bad";

/** A line of a result that begins with a verdict, which is shown in its color. */
export interface VerdictLine {
  readonly tone: Tone;
  readonly verdict: string;
  /** The rest of the line. */
  readonly text?: string;
}

/** A part of a line, in the color of a verdict. */
export interface ColoredText {
  readonly tone: Tone;
  readonly colored: string;
}

/** A line, or the parts of one. */
export type Line = string | VerdictLine | readonly (string | ColoredText)[];

const STYLES = { good: "green", doubtful: "yellow", bad: "red" } as const;

/**
 * Node.js' own rules (tty, `getColorDepth`), and `--no-color` before them: `FORCE_COLOR` overrides what follows and
 * `0` or `false` in it means none, `NO_COLOR` with any text means none, then only a terminal shows colors.
 */
export function showsColors(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
  { color = true }: { readonly color?: boolean | undefined },
): boolean {
  if (!color) return false;
  if (env.FORCE_COLOR !== undefined) return !["0", "false"].includes(env.FORCE_COLOR);
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** @param text without control characters. */
export const inColor = (tone: Tone, text: string): string =>
  styleText(STYLES[tone], text, { validateStream: false });

export const plainLine = (line: Line): string =>
  partsOf(line)
    .map((part) => (typeof part === "string" ? part : part.colored))
    .join("");

export function partsOf(line: Line): readonly (string | ColoredText)[] {
  if (typeof line === "string") return [line];
  if ("verdict" in line) return [{ tone: line.tone, colored: line.verdict }, line.text ?? ""];
  return line;
}
