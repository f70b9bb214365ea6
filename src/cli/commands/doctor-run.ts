/** The body of `doctor`. */
import { absoluteAddress } from "../../store/address.ts";
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import { type Check, type CheckStatus, doctor } from "../../nexushub/doctor/doctor.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import type { Body, ConnectionOptions } from "../command.ts";
import { DONE, FAILED } from "../exit-codes.ts";
import { deploymentOptions, waitForServer } from "../source.ts";

const LABELS: Readonly<Record<CheckStatus, string>> = {
  ok: "ok      ",
  warning: "warning ",
  failed: "FAILED  ",
  "not-run": "not run ",
};

export interface DoctorCommandOptions extends ConnectionOptions {
  /** Milliseconds. */
  readonly maxDrillAge?: number;
}

export const doctorRun: Body<DoctorCommandOptions> = async (context, options, folder) => {
  // A server that does not come is a finding of the doctor's own.
  await waitForServer(options, context).catch(() => {});
  const report = await doctor(
    withoutUndefined({
      ...deploymentOptions(options, context),
      maxDrillAgeMs: options.maxDrillAge,
      folder: absoluteAddress(process.cwd(), folder ?? (await defaultFolder())),
    }),
  );
  const problems = report.checks
    .filter(({ status }) => status === "failed" || status === "warning")
    .map(({ title }) => title);
  const summary = problems.length === 0 ? "No problems." : `Problems: ${problems.join(", ")}.`;
  context.console.result(report, [...report.checks.flatMap(lines), "", summary].join("\n"));
  return report.ok ? DONE : FAILED;
};

function lines({ status, title, message, hint }: Check): string[] {
  const line = `${LABELS[status]}${title}: ${message}`;
  return hint === null ? [line] : [line, `          what to do: ${hint}`];
}
