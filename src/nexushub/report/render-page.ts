/**
 * The page of a folder of backups: one self-contained HTML file without script, which a content security policy enforces.
 * What is wrong comes first. Every text is escaped: names of tables and hosts are other people's. Pure.
 */
import { escapeXml } from "../../drill/xml.ts";
import { definitions, htmlPage, PAGE_STYLE } from "../../drill/page.ts";
import { formatBytes, formatCount, formatDuration, minute, plural } from "../../util/format.ts";
import type { CheckStatus } from "../doctor/finding.ts";
import type { DrillRecord } from "../backup-folder/drill-history.ts";
import type { ListedBackup } from "../list/list.ts";
import { databaseText, drillText } from "../list/listed-text.ts";
import { growthRows, recoveryCharts, timelineChart } from "./page-charts.ts";
import type { PageFacts, PageFinding } from "./page-facts.ts";

const STYLE = `${PAGE_STYLE}
body { max-width: 64rem; }
@media (max-width: 34rem) { .key-figures dd { font-size: 1.1rem; } }
.findings { border: 0; } .findings li { padding: .625rem 0; border-top: 1px solid var(--line); }
.findings .failed strong { color: var(--bad); } .findings .ok strong { color: var(--good); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .3rem .75rem .3rem 0; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--line); }
td { font-variant-numeric: tabular-nums; } td.why { white-space: normal; min-width: 9rem; color: var(--soft); }
thead th { color: var(--soft); font-weight: 400; } tbody th { font-weight: 600; }
.bad { fill: var(--bad); color: var(--bad); font-weight: 700; } .good { fill: var(--good); color: var(--good); }
.idle { fill: var(--idle); color: var(--idle); } rect.bar { fill: var(--bar); }
.timeline text { fill: var(--soft); font: 12px system-ui, sans-serif; }
.spark { display: block; width: 100%; min-width: 6rem; height: 2rem; }
.spark polyline { fill: none; stroke: var(--bar); stroke-width: 1.5; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1.5rem; }
.pair h3 { margin: 0 0 .25rem; font-size: 1rem; } details { margin-top: .75rem; } summary { cursor: pointer; }
`;

/** Rows of a table before the rest is folded away. */
const MOST_ROWS = 40;

/** Renders the page. */
export function renderPage(facts: PageFacts): string {
  const { folder, at, findings, backups, drills } = facts;
  const bad = findings.filter(({ status }) => status === "failed");
  const verdict =
    bad.length === 0
      ? "No problem is known."
      : `${plural(bad.length, "problem")}: ${bad.map(({ title }) => title).join(", ")}.`;
  const growth = growthRows(backups);
  const body = `<p class="verdict ${bad.length === 0 ? "passed" : "failed"}">${escapeXml(verdict)}</p>
<ul class="findings" style="list-style: none; margin: 0; padding: 0">
${findings.map(findingItem).join("\n")}
</ul>
<dl class="key-figures" style="margin-top: 1rem">
${figures(facts)}
</dl>
${section("Timeline", timelineChart(backups, drills))}
${section("Recovery", recoveryCharts(drills))}
${section("Growth by table", growth === "" ? "" : table(["table", "rows", "COPY text", "change", ""], [growth]))}
${section("Drills", drillTable(drills))}
${section("All backups", backupTable(backups))}`;
  return htmlPage({
    title: `Backups, ${at.slice(0, 10)}`,
    heading: "Backups",
    style: STYLE,
    body,
    footer: `${folder}, as of ${minute(at)} UTC. nexushub-dump.`,
  });
}

function section(title: string, content: string): string {
  return content === "" ? "" : `<h2>${title}</h2>\n${content}`;
}

const WORDS: Readonly<Record<CheckStatus, string>> = {
  ok: "Good",
  warning: "Warning",
  failed: "Problem",
  "not-run": "Not known",
};

function findingItem({ title, status, message, hint }: PageFinding): string {
  const next = hint === null ? "" : `<br><span class="hint">What to do: ${escapeXml(hint)}</span>`;
  return `<li class="${status}"><strong>${WORDS[status]}: ${escapeXml(title)}</strong><br>${escapeXml(message)}${next}</li>`;
}

function figures({ backups, archiveBytes, drills }: PageFacts): string {
  const [newest] = backups;
  const rows = newest?.rows ?? null;
  const passed = drills.findLast(({ ok }) => ok);
  return definitions([
    ["Backups", formatCount(backups.length)],
    ["Size of all", formatBytes(archiveBytes)],
    ["Newest", newest === undefined ? null : unbroken(newest.at)],
    ["Rows", rows === null ? null : formatCount(rows)],
    ["Last drill that passed", passed === undefined ? null : unbroken(passed.at)],
  ]);
}

/** A date that no line break tears apart at its hyphens. */
const unbroken = (iso: string): string => minute(iso).replaceAll("-", "\u2011");

function drillTable(drills: readonly DrillRecord[]): string {
  const rows = drills.toReversed().map(({ at, ok, archive, restoreMs, recoveryPoint, target }) => {
    const state = `<span class="${ok ? "good" : "bad"}">${ok ? "passed" : "failed"}</span>`;
    const cells = [
      archive,
      restoreMs === null ? "" : formatDuration(restoreMs),
      recoveryPoint === null ? "" : minute(recoveryPoint),
      target ?? "",
    ];
    return `<tr><th scope="row">${escapeXml(minute(at))}</th><td>${state}</td>${cells.map(cell).join("")}</tr>`;
  });
  return folded(["time", "", "backup", "recovery time", "recovery point", "into"], rows);
}

function backupTable(backups: readonly ListedBackup[]): string {
  const rows = backups.map((backup) => {
    const { at, rows: count, archiveBytes, verifiedAt, damagedAt } = backup;
    const verified =
      damagedAt !== null
        ? '<td class="bad">damaged</td>'
        : cell(verifiedAt === null ? "never" : minute(verifiedAt));
    const kind = [
      backup.differential ? "differential" : "full",
      ...(backup.encrypted ? ["encrypted"] : []),
      ...(backup.held ? ["held"] : []),
    ].join(", ");
    return `<tr><th scope="row">${escapeXml(minute(at))}</th>${cell(databaseText(backup))}${cell(count === null ? "?" : formatCount(count))}${cell(formatBytes(archiveBytes))}${verified}${drillCell(backup)}${cell(kind)}<td class="why">${escapeXml(backup.reasons.join("; "))}</td></tr>`;
  });
  return folded(["time", "database", "rows", "size", "verified", "drilled", "kind", "kept"], rows);
}

function drillCell(backup: ListedBackup): string {
  const text = drillText(backup);
  return backup.drill?.ok === false ? `<td class="bad">${escapeXml(text)}</td>` : cell(text);
}

const cell = (text: string): string => `<td>${escapeXml(text)}</td>`;

function folded(heads: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return "";
  const rest = rows.slice(MOST_ROWS);
  const more =
    rest.length === 0
      ? ""
      : `<details><summary>${rest.length} more</summary>${table(heads, rest)}</details>`;
  return `${table(heads, rows.slice(0, MOST_ROWS))}${more}`;
}

function table(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((text) => `<th scope="col">${text}</th>`).join("");
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table></div>`;
}
