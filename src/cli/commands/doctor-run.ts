/** The body of `doctor`. */
import { absoluteAddress } from "../../store/address.ts";
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import { type Check, type CheckStatus, doctor } from "../../nexushub/doctor/doctor.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import type { Line, Tone } from "../color.ts";
import type { Body, ConnectionOptions } from "../command.ts";
import { DONE, FAILED } from "../exit-codes.ts";
import { deploymentOptions, waitForServer } from "../source.ts";

const LABELS: Readonly<Record<CheckStatus, { readonly verdict: string; readonly tone: Tone }>> = {
  ok: { verdict: "ok      ", tone: "good" },
  warning: { verdict: "warning ", tone: "doubtful" },
  failed: { verdict: "FAILED  ", tone: "bad" },
  "not-run": { verdict: "not run ", tone: "doubtful" },
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
  const summary: Line =
    problems.length === 0
      ? { tone: "good", verdict: "No problems." }
      : {
          tone: report.ok ? "doubtful" : "bad",
          verdict: "Problems:",
          text: ` ${problems.join(", ")}.`,
        };
  context.console.result(report, [...report.checks.flatMap(lines), "", summary]);
  return report.ok ? DONE : FAILED;
};

function lines({ status, title, message, hint }: Check): Line[] {
  const line = { ...LABELS[status], text: `${title}: ${message}` };
  return hint === null ? [line] : [line, `          what to do: ${hint}`];
}
