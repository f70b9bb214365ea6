/** Turns results into Markdown and plots. Pure. */
import type { FixtureFigures } from "./fixtures/run.ts";
import type { Machine } from "./machine.ts";
import { type Bar, bars, lines } from "./plot.ts";
import type { Startup } from "./startup.ts";
import { type Figure, type Summary, ratio } from "./stats.ts";

export type Part =
  | "dump"
  | "restore"
  | "plain"
  | "startup"
  | "tables"
  | "memory"
  | "sizes"
  | "network"
  | "fixtures"
  | "subset"
  | "reuse"
  | "reuse-sizes"
  | "reuse-wide"
  | "reuse-network";

/** The result of one part, saved as JSON. */
export interface Result {
  readonly part: Part;
  readonly machine: Machine;
  /** Rows of the audit log, tables of the schema, or megabytes of wide rows. */
  readonly size: number;
  readonly rounds: number;
  readonly summaries?: readonly Summary[];
  readonly startup?: readonly Startup[];
  readonly fixtures?: readonly FixtureFigures[];
  /** The same contenders at several sizes. */
  readonly series?: readonly { readonly size: number; readonly summaries: readonly Summary[] }[];
}

const TITLES: Readonly<Record<Part, (size: string) => string>> = {
  dump: (size) => `Dump of ${size} audit rows`,
  restore: (size) => `Restore of ${size} audit rows`,
  plain: (size) => `Restore of a plain dump of ${size} audit rows`,
  startup: () => "Start",
  tables: (size) => `Schema of ${size} tables`,
  memory: () => "Peak memory",
  sizes: () => "Time by size",
  network: (size) => `Dump of ${size} audit rows over a slow network`,
  fixtures: (size) => `A database for each test, with ${size} audit rows`,
  subset: (size) => `A sample of ${size} audit rows, and a comparison of them`,
  reuse: (size) => `A backup that reuses an earlier one, of ${size} audit rows`,
  "reuse-sizes": () => "A backup that reuses an earlier one, by size",
  "reuse-wide": (size) => `A backup that reuses an earlier one, of ${size} MB in TOAST`,
  "reuse-network": (size) => `The same of ${size} audit rows over a slow network`,
};

/** Names of the contenders that ours are compared with. */
const COMPARED: Partial<Record<Part, readonly string[]>> = {
  dump: ["psql COPY to /dev/null", "pg_dump -Fc", "pg_dump | gzip -9"],
  restore: ["by hand: COPY FREEZE and DDL", "pg_restore -1"],
  plain: ["zcat | psql -1"],
  tables: ["pg_dump -s"],
  network: ["pg_dump -Fc"],
  reuse: ["psql COPY to /dev/null", "pg_dump -Fc"],
  "reuse-wide": ["psql COPY to /dev/null", "pg_dump -Fc"],
  "reuse-network": ["psql COPY to /dev/null", "pg_dump -Fc"],
};

/** The same for parts of several sizes. */
const IN_SERIES: Partial<Record<Part, readonly string[]>> = {
  sizes: ["pg_dump -Fc"],
  "reuse-sizes": ["psql COPY to /dev/null", "pg_dump -Fc"],
};

const grouped = (value: number): string => value.toLocaleString("en").replaceAll(",", " ");
const seconds = ({ median, min, max }: Figure): string =>
  `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map((_, i) => (i === 0 ? "---" : "--:"))), ...rows.map(row)].join(
    "\n",
  );
}

function summaryTable(summaries: readonly Summary[], compared: readonly string[]): string {
  const sized = summaries.some(({ bytes }) => bytes > 0);
  return table(
    [
      "",
      "seconds: median (range)",
      ...(sized ? ["MB"] : []),
      "client CPU s",
      "server CPU s",
      "peak MiB",
      ...compared.map((name) => `time ÷ ${name}`),
    ],
    summaries.map((each) => [
      each.name,
      seconds(each.seconds),
      ...(sized ? [each.bytes === 0 ? "" : (each.bytes / 1e6).toFixed(2)] : []),
      each.clientCpu.median.toFixed(2),
      each.serverCpu.median.toFixed(2),
      each.peakMiB.max.toFixed(0),
      ...compared.map((other) => ratio(summaries, each.name, other)?.toFixed(2) ?? ""),
    ]),
  );
}

function startupTable(startup: readonly Startup[]): string {
  return table(
    ["", "milliseconds: median (range)", "target"],
    startup.map(({ name, milliseconds: { median, min, max }, target }) => [
      name,
      `${median.toFixed(0)} (${min.toFixed(0)}–${max.toFixed(0)})`,
      target === null ? "" : `under ${target}`,
    ]),
  );
}

function fixtureTable(fixtures: readonly FixtureFigures[]): string {
  const text = ({ median, min, max }: Figure): string =>
    `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;
  return table(
    [
      "",
      "tests",
      "workers",
      "ms a test: median (range)",
      "ms that one test waits for its database",
      "uncaught errors",
    ],
    fixtures.map(({ name, tests, workers, milliseconds, wait, uncaught }) => [
      name,
      String(tests),
      String(workers),
      text(milliseconds),
      text(wait),
      uncaught === undefined ? "" : String(uncaught),
    ]),
  );
}

/** Returns one section of the results page. */
export function markdown(result: Result): string {
  const { part, machine, size, rounds, summaries, startup, fixtures, series } = result;
  const tables = [
    ...(summaries === undefined ? [] : [summaryTable(summaries, COMPARED[part] ?? [])]),
    ...(startup === undefined ? [] : [startupTable(startup)]),
    ...(fixtures === undefined ? [] : [fixtureTable(fixtures)]),
    ...(series ?? []).flatMap((each) => [
      `### ${grouped(each.size)} audit rows`,
      summaryTable(each.summaries, IN_SERIES[part] ?? []),
    ]),
  ];
  return [
    `## ${TITLES[part](grouped(size))}`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB; Node ${machine.node}; PostgreSQL ${machine.server}; load average before the run ${machine.load.toFixed(1)}; ${rounds} ${rounds === 1 ? "round" : "rounds"} in turn; ${machine.at.slice(0, 10)}.`,
    ...tables,
  ].join("\n\n");
}

const bar = ({ name, seconds: { median, min, max } }: Summary): Bar => ({
  name,
  value: median,
  low: min,
  high: max,
});

type Plotter = (result: Result, rows: string) => Record<string, string>;

const timeBars: Plotter = ({ part, summaries = [] }, rows) => ({
  [`${part}.svg`]: bars(`${TITLES[part](rows)}: seconds`, "s", summaries.map(bar)),
});

const PLOTTERS: Readonly<Record<Part, Plotter>> = {
  dump: (result, rows) => ({
    ...timeBars(result, rows),
    "dump-size.svg": bars(
      `${TITLES.dump(rows)}: megabytes`,
      "MB",
      (result.summaries ?? [])
        .filter(({ bytes }) => bytes > 0)
        .map(({ name, bytes }) => ({ name, value: bytes / 1e6, low: 0, high: 0 })),
    ),
    "compression.svg": compressionCurve(result.summaries ?? []),
  }),
  restore: timeBars,
  plain: timeBars,
  tables: timeBars,
  network: timeBars,
  subset: timeBars,
  reuse: timeBars,
  "reuse-wide": timeBars,
  "reuse-network": timeBars,
  "reuse-sizes": ({ series = [] }) => ({
    "reuse-sizes.svg": overSizes("Backup by size", "s", series, (each) => each.seconds.median),
  }),
  startup: () => ({}),
  fixtures: () => ({}),
  memory: ({ series = [] }) => ({
    "memory.svg": overSizes("Peak memory by size", "MiB", series, (each) => each.peakMiB.max),
  }),
  sizes: ({ series = [] }) => ({
    "sizes.svg": overSizes("Dump by size", "s", series, (each) => each.seconds.median),
  }),
};

/** Returns the SVG plots of a result by file name. */
export function plots(result: Result): Record<string, string> {
  return PLOTTERS[result.part](result, grouped(result.size));
}

/** Time and size of our compressions, with two jobs, and of pg_dump's levels. */
function compressionCurve(summaries: readonly Summary[]): string {
  const family = (name: string, pattern: RegExp): { name: string; points: CurvePoint[] } => ({
    name,
    points: summaries
      .flatMap((each) => {
        const level = pattern.exec(each.name)?.[1];
        return level === undefined || each.bytes === 0
          ? []
          : [{ x: each.bytes / 1e6, y: each.seconds.median, label: level }];
      })
      .sort((a, b) => a.x - b.x),
  });
  return lines(
    "Dump: time against size, by level",
    "MB",
    "s",
    [
      family("ours, gzip, 2 jobs", /^ours, gzip:(\d), jobs 2$/),
      family("ours, zstd, 2 jobs", /^ours, zstd:(\d+), jobs 2$/),
      family("pg_dump -Fc", /^pg_dump -Fc -Z ([1-9])$/),
    ].filter(({ points }) => points.length > 0),
  );
}

interface CurvePoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

function overSizes(
  title: string,
  unit: string,
  series: NonNullable<Result["series"]>,
  of: (summary: Summary) => number,
): string {
  const names = [...new Set(series.flatMap(({ summaries }) => summaries.map(({ name }) => name)))];
  return lines(
    title,
    "million audit rows",
    unit,
    names.map((name) => ({
      name,
      points: series.flatMap(({ size, summaries }) => {
        const found = summaries.find((each) => each.name === name);
        return found === undefined ? [] : [{ x: size / 1e6, y: of(found) }];
      }),
    })),
  );
}
