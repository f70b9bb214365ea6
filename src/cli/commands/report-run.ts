/** The body of `report`. */
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import { reportFolder } from "../../nexushub/report/report-folder.ts";
import { requireLocalPath } from "../../store/local-path.ts";
import { replaceFile } from "../../util/atomic-file.ts";
import { plural } from "../../util/format.ts";
import { outputError } from "../../util/output-error.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { identitiesOf } from "../archive-operand.ts";
import type { Body } from "../command.ts";
import { DONE } from "../exit-codes.ts";
import { policyOf, type RetentionOptions } from "../retention-options.ts";

interface ReportCommandOptions extends RetentionOptions {
  readonly output: string;
  readonly identity?: string[];
  /** Milliseconds. */
  readonly maxDrillAge?: number;
}

/** It names hosts, databases and tables. */
const MODE = 0o600;

export const reportRun: Body<ReportCommandOptions> = async (context, options, folder) => {
  const { console, signal } = context;
  requireLocalPath(options.output, "the report is");
  const { html, findings, backups, ...facts } = await reportFolder(
    folder ?? (await defaultFolder()),
    withoutUndefined({
      retention: policyOf(options),
      identities: await identitiesOf(options),
      maxDrillAgeMs: options.maxDrillAge,
      signal,
    }),
  );
  const { output } = options;
  await replaceFile(output, html, MODE).catch((error: unknown) => {
    throw outputError(error, output);
  });
  const problems = findings.filter(({ status }) => status === "failed").length;
  console.result(
    {
      output,
      folder: facts.folder,
      backups: backups.length,
      drills: facts.drills.length,
      findings,
    },
    `wrote ${output}: ${plural(backups.length, "backup")}, ${plural(problems, "problem")}`,
  );
  return DONE;
};
