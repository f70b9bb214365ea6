/** Tables with cells in the color of a verdict. Pure. */
import { COLUMN_GAP, tableLines } from "../util/format.ts";
import type { ColoredText, Line, Tone } from "./color.ts";

export type Cell = string | ColoredText;

/** The lines of `formatTable`. */
export function coloredTable(
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
): Line[] {
  const texts = rows.map((row) => row.map(textOf));
  const [heads = [], rule = [], ...body] = tableLines(headings, texts);
  const plain = [heads, rule].map((cells) => cells.join(COLUMN_GAP).trimEnd());
  return [...plain, ...body.map((cells, index) => coloredLine(cells, rows[index]!))];
}

const textOf = (cell: Cell): string => (typeof cell === "string" ? cell : cell.colored);

/** Blanks stay outside the color, and none are at the end. */
function coloredLine(padded: readonly string[], cells: readonly Cell[]): Line {
  const last = padded.findLastIndex((text) => text.trimEnd() !== "");
  return padded.slice(0, last + 1).flatMap((text, column) => {
    const shown = text.trimEnd();
    const gap = column === last ? "" : `${text.slice(shown.length)}${COLUMN_GAP}`;
    return [inTone(shown, toneOf(cells[column]!)), gap];
  });
}

const toneOf = (cell: Cell): Tone | undefined => (typeof cell === "string" ? undefined : cell.tone);

const inTone = (text: string, tone: Tone | undefined): Cell =>
  tone === undefined ? text : { tone, colored: text };
