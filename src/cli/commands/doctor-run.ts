/** The body of `doctor`. */
import { absoluteAddress } from "../../store/address.ts";
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import {
  type Check,
  type CheckStatus,
  doctor,
  type DoctorReport,
} from "../../nexushub/doctor/doctor.ts";
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
  context.console.result(report, [...report.checks.flatMap(lines), "", summary(report)]);
  return report.ok ? DONE : FAILED;
};

function summary({ ok, checks }: DoctorReport): Line {
  const titles = (ofStatus: CheckStatus): string =>
    checks.flatMap(({ status, title }) => (status === ofStatus ? [title] : [])).join(", ");
  const [failed, warned] = [titles("failed"), titles("warning")];
  const warnings = warned === "" ? "" : `Warnings: ${warned}.`;
  if (!ok) return { tone: "bad", verdict: "Problems:", text: ` ${failed}. ${warnings}`.trimEnd() };
  return warned === ""
    ? { tone: "good", verdict: "No problems." }
    : { tone: "doubtful", verdict: "No problems, but warnings:", text: ` ${warned}.` };
}

function lines({ status, title, message, hint }: Check): Line[] {
  const line = { ...LABELS[status], text: `${title}: ${message}` };
  return hint === null ? [line] : [line, `          what to do: ${hint}`];
}
