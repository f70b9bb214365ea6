/**
 * What an archive holds, as an SVG: one bar for each relation, largest first, as wide as its share of the stored bytes.
 * Text and attributes only: no script, nothing to load.
 */
import type { RelationContents } from "../archive/contents.ts";
import { formatBytes, formatCount } from "./format.ts";
import { escapeXml } from "./xml.ts";

/** Bars before the rest becomes one. */
const MOST_BARS = 15;
const WIDTH = 860;
const NAMES = 260;
const BARS = 360;
const ROW = 26;

interface Bar {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly isRest: boolean;
}

/** Empty text when there is nothing to draw. */
export function contentsChart(relations: readonly RelationContents[]): string {
  const bars = barsOf(relations);
  if (bars.length === 0) return "";
  const most = Math.max(...bars.map(({ bytes }) => bytes), 1);
  const height = bars.length * ROW;
  const title = `Contents of the archive: ${formatCount(relations.length)} relations by stored bytes`;
  return [
    `<svg class="chart" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    ...bars.map((bar, i) => drawBar(bar, i * ROW, most)),
    `</svg>`,
  ].join("\n");
}

function barsOf(relations: readonly RelationContents[]): Bar[] {
  const all = relations
    .map(({ namespace, name, kind, rows, storedBytes }) => ({
      name:
        kind === "large-objects"
          ? "large objects"
          : namespace === "public"
            ? name
            : `${namespace}.${name}`,
      rows,
      bytes: storedBytes,
      isRest: false,
    }))
    .toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  if (all.length <= MOST_BARS) return all;
  const rest = all.slice(MOST_BARS - 1);
  const sum = (of: (bar: Bar) => number) => rest.reduce((total, bar) => total + of(bar), 0);
  return [
    ...all.slice(0, MOST_BARS - 1),
    {
      name: `${rest.length} more`,
      rows: sum(({ rows }) => rows),
      bytes: sum(({ bytes }) => bytes),
      isRest: true,
    },
  ];
}

function drawBar({ name, rows, bytes, isRest }: Bar, y: number, most: number): string {
  // A bar of no width would look like a missing one.
  const width = bytes === 0 ? 0 : Math.max(2, Math.round((bytes / most) * BARS));
  const middle = y + ROW / 2;
  const label = name.length > 34 ? `${name.slice(0, 33)}…` : name;
  const figures = `${formatBytes(bytes)}, ${formatCount(rows)} ${rows === 1 ? "row" : "rows"}`;
  return [
    `<g><title>${escapeXml(`${name}: ${figures}`)}</title>`,
    `<text class="name" x="${NAMES - 10}" y="${middle}" text-anchor="end" dominant-baseline="central">${escapeXml(label)}</text>`,
    `<rect class="${isRest ? "bar rest" : "bar"}" x="${NAMES}" y="${y + 4}" width="${width}" height="${ROW - 8}" rx="3"/>`,
    `<text class="figures" x="${NAMES + width + 8}" y="${middle}" dominant-baseline="central">${escapeXml(figures)}</text></g>`,
  ].join("");
}
