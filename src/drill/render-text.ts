/** A drill's report for a terminal or a mail: one line for each probe, details below it, the verdict last. */
import { requireReport } from "./require-report.ts";
import type { DrillReport, ProbeResult, ProbeStatus } from "./report.ts";
import { formatBytes, formatCount, formatDuration, listed, plural } from "../util/format.ts";

/** The first word of the first line of a probe. */
export const MARKS: Readonly<Record<ProbeStatus, string>> = {
  passed: "ok      ",
  failed: "FAILED  ",
  "not-run": "not run ",
};

/** Without color and without a line end. */
export function renderText(report: DrillReport): string {
  requireReport("renderText", report);
  return [...headLines(report), "", ...report.probes.flatMap(probeLines), "", verdict(report)].join(
    "\n",
  );
}

/** The lines of one probe, to show them when its result is known. */
export function probeLines({ status, title, message, details = [], hint }: ProbeResult): string[] {
  return [
    `${MARKS[status]}${title}: ${message}`,
    ...details.map((line) => `          ${line}`),
    ...(hint === undefined ? [] : [`          hint: ${hint}`]),
  ];
}

/** The last line, which people look for in a mail of cron. */
export function verdict({ ok, probes }: DrillReport): string {
  const of = (status: ProbeStatus) => probes.filter((probe) => probe.status === status);
  const skipped = of("not-run").length;
  const rest = skipped === 0 ? "" : `, ${skipped} not run`;
  if (ok) return `The drill passed: ${plural(of("passed").length, "probe")}${rest}.`;
  const names = of("failed").map(({ title }) => title);
  return `THE DRILL FAILED: ${names.join(", ")}${rest}.`;
}

/** What roles besides the one that restores would lose; null when the archive names one at most. */
function rolesText(contents: DrillReport["contents"]): string | null {
  if (contents === null || contents.format === "plain" || contents.roles.length < 2) return null;
  const { roles } = contents;
  const names = roles.map(
    ({ name, owned, privileges }) =>
      `${name} (owns ${formatCount(owned)}, privileges on ${formatCount(privileges)})`,
  );
  return `a restore without --owner and --privileges takes them from ${listed(names)}`;
}

function contentsText({ contents, archiveBytes }: DrillReport): string | null {
  if (contents === null) return null;
  const stored = archiveBytes === null ? "" : `, ${formatBytes(archiveBytes)} in the file`;
  return `${plural(contents.rows, "row")} in ${plural(contents.relations.length, "relation")}, ${formatBytes(contents.bytes)} as text${stored}`;
}

/** ISO 8601; null where it is not recorded, as in a plain dump. */
export function takenAt({ contents }: DrillReport): string | null {
  return contents === null || contents.format === "plain" ? null : contents.createdAt;
}

/** What was restored, from where, in which time. */
export function headLines(report: DrillReport): string[] {
  const { archive, contents, target, restoreMs, recoveryPoint, startedAt } = report;
  const lines: (readonly [string, string | null])[] = [
    ["Drill", startedAt],
    [contents?.format === "plain" ? "Plain dump" : "Archive", archive],
    ["Contents", contentsText(report)],
    ["Other roles", rolesText(contents)],
    ["Taken", takenAt(report)],
    ["Restored into", target],
    ["Recovery time", restoreMs === null ? null : formatDuration(restoreMs)],
    ["Recovery point", recoveryPoint],
  ];
  return lines.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(16)}${value}`]));
}
