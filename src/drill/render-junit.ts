/** A drill's report as JUnit XML, which every CI system shows: one test case for each probe. */
import { requireReport } from "./require-report.ts";
import type { DrillReport, ProbeResult } from "./report.ts";
import { escapeXml } from "./xml.ts";

/** Renders a report as JUnit XML, a test case for each probe. */
export function renderJunit(report: DrillReport): string {
  requireReport("renderJunit", report);
  const { probes, startedAt, elapsedMs } = report;
  const count = (status: ProbeResult["status"]) =>
    probes.filter((probe) => probe.status === status).length;
  const totals = `tests="${probes.length}" failures="${count("failed")}" errors="0" skipped="${count("not-run")}" time="${elapsedMs / 1000}"`;
  return [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<testsuites name="nexushub-dump drill" ${totals}>`,
    `  <testsuite name="drill" timestamp="${escapeXml(startedAt)}" ${totals}>`,
    ...probes.map(testCase),
    `  </testsuite>`,
    `</testsuites>`,
    "",
  ].join("\n");
}

function testCase({
  id,
  title,
  status,
  message,
  details = [],
  hint,
  elapsedMs,
}: ProbeResult): string {
  const open = `    <testcase classname="drill.${escapeXml(id)}" name="${escapeXml(title)}" time="${elapsedMs / 1000}"`;
  const text = [...details, ...(hint === undefined ? [] : [`hint: ${hint}`])].join("\n");
  if (status === "failed")
    return `${open}><failure message="${escapeXml(message)}">${escapeXml(text)}</failure></testcase>`;
  if (status === "not-run") return `${open}><skipped message="${escapeXml(message)}"/></testcase>`;
  return `${open}><system-out>${escapeXml([message, text].filter(Boolean).join("\n"))}</system-out></testcase>`;
}
