/** Numbers, sizes, durations, lists and tables for people. Pure. */
import { printableLine } from "./printable.ts";

/** `1 234 567`. */
export function formatCount(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** `512 B`, `1.4 KiB`, `544.1 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${["B", "KiB", "MiB", "GiB", "TiB"][unit]!}`;
}

/** `340 ms`, `4.2 s`, `3 min 05 s`, `2 h 10 min`, `9 days`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  const pad = (n: number): string => String(n).padStart(2, "0");
  if (rounded < 3600) return `${Math.trunc(rounded / 60)} min ${pad(rounded % 60)} s`;
  if (rounded < 48 * 3600) {
    return `${Math.trunc(rounded / 3600)} h ${pad(Math.trunc((rounded % 3600) / 60))} min`;
  }
  return `${Math.round(rounded / 86_400)} days`;
}

/** `2026-11-24 03:00`, of a time in ISO 8601. */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

/** `1 table`, `2 tables`. */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : several}`;
}

/** `a, b, and 3 more`: the first `limit` names, and the number of the others. */
export function listed(names: readonly string[], { limit = 10 }: { limit?: number } = {}): string {
  const rest = names.length - limit;
  if (rest <= 0) return names.join(", ");
  return `${names.slice(0, limit).join(", ")}, and ${formatCount(rest)} more`;
}

/** The same for lines: the first `limit`, then `… and 3 more`. */
export function listedLines(
  lines: readonly string[],
  { limit = 10 }: { limit?: number } = {},
): string[] {
  const rest = lines.length - limit;
  if (rest <= 0) return [...lines];
  return [...lines.slice(0, limit), `… and ${formatCount(rest)} more`];
}

/** Columns under headings, each row one line whatever the cells hold, padded to the widest cell; `right` holds the indexes of columns aligned to the right. */
export function formatTable(
  headings: readonly string[],
  cellRows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): string {
  return tableLines(headings, cellRows, right)
    .map((cells) => cells.join(COLUMN_GAP).trimEnd())
    .join("\n");
}

/** Stands between the columns of a table. */
export const COLUMN_GAP = "  ";

/** The cells of the same table as they are padded: of the headings, the rule below them, and the rows. */
export function tableLines(
  headings: readonly string[],
  cellRows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): string[][] {
  const rows = cellRows.map((row) => row.map(printableLine));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string[] =>
    cells.map((cell, column) =>
      right.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
    );
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}
