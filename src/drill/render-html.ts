/**
 * A drill's report as one self-contained HTML page: no script, no font, no picture, nothing to load, which a content
 * security policy enforces. Readable on paper, on a phone, in dark mode, and with a screen reader.
 */
import { contentsChart } from "./chart.ts";
import { verdict } from "./render-text.ts";
import type { DrillReport, ProbeResult, ProbeStatus } from "./report.ts";
import { escapeXml } from "./xml.ts";
import { formatBytes, formatCount, formatDuration } from "../util/format.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --page: #fff; --card: #f6f8fa;
  --good: #1a7f37; --good-card: #eaf6ed; --bad: #c21c2b; --bad-card: #fdeeee; --idle: #6e7781; --bar: #2f6fb5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --page: #0d1117;
  --card: #151b23; --good: #3fb950; --good-card: #12261a; --bad: #f85149; --bad-card: #2d1618; --idle: #9198a1;
  --bar: #58a6ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 58rem; padding: 2rem 1.25rem 3rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.1rem; }
.verdict { margin: 1rem 0; padding: .875rem 1.125rem; border-radius: .5rem; background: var(--good-card);
  color: var(--good); font-size: 1.125rem; font-weight: 700; }
.verdict.failed { background: var(--bad-card); color: var(--bad); }
dl { margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.key-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; }
.key-figures > div { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
.key-figures dt { font-size: .85rem; }
.key-figures dd { font-size: 1.375rem; font-weight: 700; line-height: 1.3; }
.facts { margin-top: 1rem; }
.facts > div { display: grid; grid-template-columns: 9rem 1fr; gap: .75rem; padding: .2rem 0; }
ol { margin: 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: .5rem; }
li.probe { display: grid; grid-template-columns: 5rem 1fr 3.5rem; gap: .25rem .75rem; padding: .75rem 1rem; }
li.probe + li.probe { border-top: 1px solid var(--line); }
.status { font-weight: 700; }
.passed .status { color: var(--good); } .failed .status { color: var(--bad); } .not-run .status { color: var(--idle); }
.probe h3 { margin: 0; font-size: 1rem; }
.probe p, .probe pre { margin: .25rem 0 0; overflow-wrap: anywhere; }
.probe pre { padding: .5rem .75rem; background: var(--card); border-radius: .375rem; white-space: pre-wrap;
  font: .85rem/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.hint { color: var(--soft); }
.took { color: var(--soft); font-size: .85rem; white-space: nowrap; text-align: right; }
.chart { display: block; font: 13px system-ui, sans-serif; }
.chart .track { fill: var(--card); } .chart .bar { fill: var(--bar); } .chart .rest { opacity: .5; }
.chart text { fill: var(--ink); } .chart .figures { fill: var(--soft); font-variant-numeric: tabular-nums; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 34rem) { li.probe { grid-template-columns: 1fr auto; } .probe > div { grid-column: 1 / -1; grid-row: 2; }
  .chart { font-size: 11px; } .facts > div { grid-template-columns: 1fr; gap: 0; padding: .35rem 0; } }
@media print { body { max-width: none; padding: 0; } li.probe { break-inside: avoid; } }
`;

const WORDS: Readonly<Record<ProbeStatus, string>> = {
  passed: "Passed",
  failed: "Failed",
  "not-run": "Not run",
};

/** Renders a report as one self-contained HTML page. */
export function renderHtml(report: DrillReport): string {
  const { contents } = report;
  const chart = contents === null ? "" : contentsChart(contents.relations);
  const state = report.ok ? "passed" : "failed";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Restore drill ${state}, ${escapeXml(report.startedAt.slice(0, 10))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Restore drill</h1>
<p class="verdict ${state}">${escapeXml(verdict(report))}</p>
<dl class="key-figures">
${figures(report)}
</dl>
<dl class="facts">
${facts(report)}
</dl>
<h2 id="probes">Probes</h2>
<ol aria-labelledby="probes">
${report.probes.map(probeItem).join("\n")}
</ol>
${chart === "" ? "" : `<h2>Contents of the archive</h2>\n${chart}`}
</main>
<footer>${escapeXml(footer(report))}</footer>
</body>
</html>
`;
}

/** The figures that readers look for first: duration, age and size. */
function figures({
  archiveBytes,
  contents,
  restoreMs,
  recoveryPoint,
  startedAt,
}: DrillReport): string {
  const age = recoveryPoint === null ? null : Date.parse(startedAt) - Date.parse(recoveryPoint);
  return list([
    ["Recovery time", restoreMs === null ? null : formatDuration(restoreMs)],
    ["Newest entry", age === null ? null : `${formatDuration(Math.max(0, age))} old`],
    ["Rows", contents === null ? null : formatCount(contents.rows)],
    ["Archive", archiveBytes === null ? null : formatBytes(archiveBytes)],
  ]);
}

function facts({ archive, contents, target, recoveryPoint, startedAt }: DrillReport): string {
  return list([
    ["File", archive],
    ["Taken", contents?.createdAt ? utc(contents.createdAt) : null],
    ["Recovery point", recoveryPoint === null ? null : utc(recoveryPoint)],
    ["Drill started", utc(startedAt)],
    ["Restored into", target],
  ]);
}

function list(entries: readonly (readonly [string, string | null])[]): string {
  return entries
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `<div><dt>${escapeXml(name)}</dt><dd>${escapeXml(value!)}</dd></div>`)
    .join("\n");
}

function probeItem({
  id,
  title,
  status,
  message,
  details = [],
  hint,
  elapsedMs,
}: ProbeResult): string {
  const more = details.length === 0 ? "" : `<pre>${escapeXml(details.join("\n"))}</pre>`;
  const next = hint === undefined ? "" : `<p class="hint">What to do: ${escapeXml(hint)}</p>`;
  // Short durations are left out.
  const took = elapsedMs < 100 ? "" : formatDuration(elapsedMs);
  return `<li class="probe ${status}" id="probe-${escapeXml(id)}"><span class="status">${WORDS[status]}</span><div><h3>${escapeXml(title)}</h3><p>${escapeXml(message)}</p>${more}${next}</div><span class="took">${took}</span></li>`;
}

function footer({ contents, elapsedMs }: DrillReport): string {
  const tool = contents === null ? "nexushub-dump" : `Archive by ${contents.tool}`;
  const server = contents?.database.serverVersion
    ? `, of PostgreSQL ${contents.database.serverVersion}`
    : "";
  return `${tool}${server}. The drill took ${formatDuration(elapsedMs)}.`;
}

/** `2026-11-24 03:00:01 UTC`. */
function utc(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
