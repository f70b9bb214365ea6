/**
 * The contents of an archive or a plain dump as an SVG: one bar for each relation, largest first, with a width relative to the largest.
 * The chart fills the width of the page, with names and figures above the bars. No script, nothing to load.
 */
import type { RelationContents } from "../archive/contents.ts";
import type { PlainRelation } from "../plain/contents.ts";
import { escapeXml } from "./xml.ts";
import { formatBytes, formatCount, plural } from "../util/format.ts";

/** Bars before the rest becomes one. */
const MOST_BARS = 15;
const ROW = 38;
/** Leaves room for the figures beside a name on a phone. */
const MOST_CHARS = 30;

interface Bar {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  readonly isRest: boolean;
}

type Relation = RelationContents | PlainRelation;

/** Empty text when there is nothing to draw. */
export function contentsChart(relations: readonly Relation[]): string {
  const bars = barsOf(relations);
  if (bars.length === 0) return "";
  const most = Math.max(...bars.map(({ bytes }) => bytes), 1);
  const height = bars.length * ROW;
  const title = `Contents: ${plural(relations.length, "relation")} by bytes`;
  return [
    `<svg class="chart" width="100%" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    ...bars.map((bar, i) => drawBar(bar, i * ROW, most)),
    `</svg>`,
  ].join("\n");
}

function nameOf(relation: Relation): string {
  if ("kind" in relation && relation.kind === "large-objects") return "large objects";
  const { namespace, name } = relation;
  return namespace === "public" ? name : `${namespace}.${name}`;
}

function barsOf(relations: readonly Relation[]): Bar[] {
  const all = relations
    .map((relation) => ({
      name: nameOf(relation),
      rows: relation.rows,
      // A plain dump is compressed as a whole.
      bytes: "storedBytes" in relation ? relation.storedBytes : relation.bytes,
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
  const percent = bytes === 0 ? 0 : Math.max(0.5, (bytes / most) * 100);
  const label = name.length > MOST_CHARS ? `${name.slice(0, MOST_CHARS - 1)}…` : name;
  const figures = `${formatBytes(bytes)}, ${formatCount(rows)} ${rows === 1 ? "row" : "rows"}`;
  const bar = (kind: string, width: string): string =>
    `<rect class="${kind}" x="0" y="${y + 20}" width="${width}%" height="8" rx="2"/>`;
  return [
    `<g><title>${escapeXml(`${name}: ${figures}`)}</title>`,
    `<text class="name" x="0" y="${y + 14}">${escapeXml(label)}</text>`,
    `<text class="figures" x="100%" y="${y + 14}" text-anchor="end">${escapeXml(figures)}</text>`,
    `${bar("track", "100")}${bar(isRest ? "bar rest" : "bar", percent.toFixed(1))}</g>`,
  ].join("");
}
