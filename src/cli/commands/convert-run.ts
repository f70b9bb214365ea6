/** The body of `convert`. */
import { UsageError } from "../../errors.ts";
import { convert } from "../../plain/convert/convert.ts";
import { formatBytes, formatDuration, plural } from "../../util/format.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { archiveOf } from "../archive-operand.ts";
import type { Body } from "../command.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DONE } from "../exit-codes.ts";
import { showProgress } from "../progress.ts";

export interface ConvertCommandOptions extends DecryptionOptions {
  readonly output?: string;
  readonly table?: string[];
  readonly schemaOnly?: boolean;
  readonly owner?: boolean;
  readonly privileges?: boolean;
  readonly roles?: boolean;
  /** False where the dump is not to restrict psql. */
  readonly restrict?: boolean;
}

export const convertRun: Body<ConvertCommandOptions> = async (context, options, file, dump) => {
  const { io, console, signal } = context;
  const output = options.output ?? dump;
  if (output === undefined || output === "" || (options.output !== undefined && dump !== undefined))
    throw new UsageError("name one file to write, or - for standard output");
  const toStdout = output === "-";
  const result = await convert(
    await archiveOf(file, io, options),
    toStdout ? io.stdout : output,
    withoutUndefined({
      schemaOnly: options.schemaOnly,
      tables: options.table,
      owner: options.owner,
      privileges: options.privileges,
      roles: options.roles,
      restrict: options.restrict,
      signal,
      onProgress: showProgress(console),
    }),
  );
  for (const { message } of result.warnings) console.say("warning", message);
  const text = `${toStdout ? "standard output" : output}: ${plural(result.objects, "object")}, ${plural(result.rows, "row")}, ${formatBytes(result.fileBytes)} written in ${formatDuration(result.elapsedMs)}`;
  // Then standard output is the dump.
  if (toStdout) console.say("info", text, { result });
  else console.result(result, text);
  return DONE;
};
