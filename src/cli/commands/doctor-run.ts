/** The body of `doctor`. */
import { resolve } from "node:path";
import { defaultFolder } from "../../nexushub/backup/backup.ts";
import { type Check, type CheckStatus, doctor } from "../../nexushub/doctor/doctor.ts";
import { type Body, type ConnectionOptions, withoutUndefined } from "../command.ts";
import { DONE, FAILED } from "../exit-codes.ts";
import { deploymentOptions } from "../source.ts";

const MARKS: Readonly<Record<CheckStatus, string>> = {
  ok: "ok      ",
  warning: "warning ",
  failed: "FAILED  ",
  "not-run": "not run ",
};

export const doctorRun: Body<ConnectionOptions> = async (running, options, folder) => {
  const report = await doctor(
    withoutUndefined({
      ...deploymentOptions(options, running),
      folder: resolve(folder ?? (await defaultFolder())),
    }),
  );
  const amiss = report.checks.filter(({ status }) => status === "failed" || status === "warning");
  const last =
    amiss.length === 0
      ? "All is well."
      : `To see to: ${amiss.map(({ title }) => title).join(", ")}.`;
  running.console.result(report, [...report.checks.flatMap(lines), "", last].join("\n"));
  return report.ok ? DONE : FAILED;
};

function lines({ status, title, message, hint }: Check): string[] {
  const line = `${MARKS[status]}${title}: ${message}`;
  return hint === null ? [line] : [line, `          what to do: ${hint}`];
}
