/** Small SVG charts: horizontal bars, and points joined by lines. Pure. Legible on light and dark backgrounds. */

const FONT = 'font-family="system-ui, sans-serif" font-size="13"';
const INK = "#7a7a7a";
const COLORS = ["#2a78b8", "#d1662a", "#3b9a5b", "#9158b5", "#b8a12a", "#5a6a78"];
const OURS = COLORS[0]!;

const number = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function text(x: number, y: number, content: string, extra = ""): string {
  return `<text x="${x}" y="${y}" fill="${INK}" ${FONT} ${extra}>${escapeText(content)}</text>`;
}

function svg(width: number, height: number, title: string, body: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">
${text(12, 22, title, 'font-weight="600"')}
${body.join("\n")}
</svg>
`;
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One bar for each contender, ours in another color, with a thin line from the minimum to the maximum. */
export function bars(title: string, unit: string, list: readonly Bar[]): string {
  const [left, width, row] = [230, 760, 24];
  const most = Math.max(...list.map(({ high }) => high));
  const scale = (value: number): number => left + (value / most) * (width - left - 110);
  const body = list.flatMap(({ name, value, low, high }, i) => {
    const y = 40 + i * row;
    const color = name.startsWith("ours") ? OURS : INK;
    const spread = `<line x1="${scale(low)}" x2="${scale(high)}" y1="${y + 8}" y2="${y + 8}" stroke="${COLORS[1]}" stroke-width="2"/>`;
    return [
      text(left - 8, y + 13, name, 'text-anchor="end"'),
      `<rect x="${left}" y="${y}" width="${Math.max(1, scale(value) - left)}" height="16" fill="${color}"/>`,
      ...(high > low ? [spread] : []),
      text(scale(Math.max(value, high)) + 6, y + 13, `${number(value)} ${unit}`),
    ];
  });
  return svg(width, 50 + list.length * row, title, body);
}

export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly label?: string }[];
}

/** Lines on axes that start at 0. A point without a label shows its value. */
export function lines(
  title: string,
  xName: string,
  yName: string,
  list: readonly Series[],
): string {
  const [width, height, left, right, top, bottom] = [760, 420, 70, 190, 44, 50];
  const all = list.flatMap(({ points }) => points);
  const xMost = 1.05 * Math.max(...all.map(({ x }) => x));
  const yMost = 1.1 * Math.max(...all.map(({ y }) => y));
  const atX = (x: number): number => left + (x / xMost) * (width - left - right);
  const atY = (y: number): number => height - bottom - (y / yMost) * (height - top - bottom);
  const grid = [0, 0.25, 0.5, 0.75, 1].flatMap((part) => [
    `<line x1="${left}" x2="${width - right}" y1="${atY(part * yMost)}" y2="${atY(part * yMost)}" stroke="${INK}" stroke-opacity="0.3"/>`,
    text(left - 8, atY(part * yMost) + 4, number(part * yMost), 'text-anchor="end"'),
    text(atX(part * xMost), height - bottom + 20, number(part * xMost), 'text-anchor="middle"'),
  ]);
  const drawn = list.flatMap(({ name, points }, i) => {
    const color = COLORS[i % COLORS.length]!;
    const path = points.map(({ x, y }) => `${atX(x).toFixed(1)},${atY(y).toFixed(1)}`).join(" ");
    return [
      `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>`,
      ...points.flatMap(({ x, y, label }) => [
        `<circle cx="${atX(x).toFixed(1)}" cy="${atY(y).toFixed(1)}" r="3.5" fill="${color}"/>`,
        ...(label === undefined ? [] : [text(atX(x) + 6, atY(y) - 6, label, 'font-size="11"')]),
      ]),
      `<rect x="${width - right + 14}" y="${top + i * 22 - 9}" width="12" height="12" fill="${color}"/>`,
      text(width - right + 32, top + i * 22 + 2, name),
    ];
  });
  const axes = [
    text((left + width - right) / 2, height - 10, xName, 'text-anchor="middle"'),
    text(left - 8, top - 8, yName, 'text-anchor="end"'),
  ];
  return svg(width, height, title, [...grid, ...drawn, ...axes]);
}
