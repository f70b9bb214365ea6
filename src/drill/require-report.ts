/** Tells the report of a drill from anything else. */
import { UsageError } from "../errors.ts";
import type { DrillReport } from "./report.ts";

/** @throws UsageError only when the value is no report. */
export function requireReport(caller: string, report: DrillReport): void {
  const { probes, ok } = Object(report) as Partial<DrillReport>;
  if (Array.isArray(probes) && typeof ok === "boolean") return;
  throw new UsageError(`${caller}: the report is none of a drill`, {
    hint: "give what drill returned",
  });
}
