/**
 * A drill's report as one self-contained HTML page: no script, no font, no picture, nothing to load, which a content
 * security policy enforces. Readable on paper, on a phone, in dark mode, and with a screen reader.
 */
import { contentsChart } from "./chart.ts";
import { definitions, htmlPage, PAGE_STYLE } from "./page.ts";
import { takenAt, verdict } from "./render-text.ts";
import { requireReport } from "./require-report.ts";
import type { DrillReport, ProbeResult, ProbeStatus } from "./report.ts";
import { escapeXml } from "./xml.ts";
import { formatBytes, formatCount, formatDuration } from "../util/format.ts";

const WORDS: Readonly<Record<ProbeStatus, string>> = {
  passed: "Passed",
  failed: "Failed",
  "not-run": "Not run",
};

/** Renders a report as one self-contained HTML page. */
export function renderHtml(report: DrillReport): string {
  requireReport("renderHtml", report);
  const { contents } = report;
  const chart = contents === null ? "" : contentsChart(contents.relations);
  const state = report.ok ? "passed" : "failed";
  const body = `<p class="verdict ${state}">${escapeXml(verdict(report))}</p>
<dl class="key-figures">
${figures(report)}
</dl>
<dl class="facts">
${facts(report)}
</dl>
<h2 id="probes">Probes</h2>
<ol aria-labelledby="probes">
${shownProbes(report).map(probeItem).join("\n")}
</ol>${notRunText(report)}
${chart === "" ? "" : `<h2>Contents</h2>\n${chart}`}`;
  return htmlPage({
    title: `Restore drill ${state}, ${report.startedAt.slice(0, 10)}`,
    heading: "Restore drill",
    style: PAGE_STYLE,
    body,
    footer: footer(report),
  });
}

/** When many probes did not run for one reason, one line says so. */
const MANY = 3;

function skippedTogether({ probes }: DrillReport): readonly ProbeResult[] {
  const skipped = probes.filter(({ status }) => status === "not-run");
  const isAlike = skipped.every(({ message }) => message === skipped[0]?.message);
  return isAlike && skipped.length > MANY ? skipped : [];
}

function shownProbes(report: DrillReport): readonly ProbeResult[] {
  const skipped = new Set(skippedTogether(report));
  return report.probes.filter((probe) => !skipped.has(probe));
}

function notRunText(report: DrillReport): string {
  const [first, ...rest] = skippedTogether(report);
  if (first === undefined) return "";
  const names = [first, ...rest].map(({ title }) => title).join(", ");
  return `\n<p class="hint">Not run, because ${escapeXml(first.message)}: ${escapeXml(names)}.</p>`;
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
  return definitions([
    ["Recovery time", restoreMs === null ? null : formatDuration(restoreMs)],
    ["Newest entry", age === null ? null : `${formatDuration(Math.max(0, age))} old`],
    ["Rows", contents === null ? null : formatCount(contents.rows)],
    [
      contents?.format === "plain" ? "Plain dump" : "Archive",
      archiveBytes === null ? null : formatBytes(archiveBytes),
    ],
  ]);
}

function facts(report: DrillReport): string {
  const { archive, contents, target, recoveryPoint, startedAt, host } = report;
  const database = contents === null || contents.format === "plain" ? null : contents.database.name;
  const taken = takenAt(report);
  return definitions([
    ["Database", database === null || host === null ? database : `${database} on ${host}`],
    ["File", archive],
    ["Taken", taken === null ? null : utc(taken)],
    ["Recovery point", recoveryPoint === null ? null : utc(recoveryPoint)],
    ["Drill started", utc(startedAt)],
    ["Restored into", target],
  ]);
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
  const took = `The drill took ${formatDuration(elapsedMs)}.`;
  if (contents === null) return `nexushub-dump. ${took}`;
  const isPlain = contents.format === "plain";
  const tool = isPlain
    ? `Plain dump by ${contents.dumpedBy ?? "an unknown program"}`
    : `Archive by ${contents.tool}`;
  const version = isPlain ? contents.serverVersion : contents.database.serverVersion;
  return `${tool}${version ? `, of PostgreSQL ${version}` : ""}. ${took}`;
}

/** `2026-11-24 03:00:01 UTC`. */
function utc(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
