/** The doctor's check that this host can run drills. */
import { type Finding, ok, warning } from "./finding.ts";

export async function drillFinding(): Promise<Finding> {
  const { EMBEDDED_MAJORS, installCommand, installedBinaries } =
    await import("../../embedded/index.ts");
  const majors = EMBEDDED_MAJORS.filter((major) => installedBinaries(major).length > 0);
  if (majors.length > 0) return ok(`an embedded PostgreSQL ${majors.join(", ")} is installed`);
  return warning(
    "no embedded PostgreSQL is installed",
    `${installCommand()}, or run drills with --into`,
  );
}
