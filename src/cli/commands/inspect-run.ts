/** The body of `inspect`. */
import { UsageError } from "../../errors.ts";
import { inspectCode } from "../../verify/code/inspect-code.ts";
import { inspect, inspectSql } from "../../verify/inspect.ts";
import { archiveOf } from "../archive-operand.ts";
import { codeText } from "../code-text.ts";
import type { Body } from "../command.ts";
import { contentsText } from "../contents-text.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DONE } from "../exit-codes.ts";

export interface InspectCommandOptions extends DecryptionOptions {
  readonly sql?: boolean;
  readonly code?: boolean;
}

export const inspectRun: Body<InspectCommandOptions> = async (context, options, file) => {
  const { io, console, signal } = context;
  if (options.sql === true && options.code === true)
    throw new UsageError("--sql and --code are two ways to print an archive: give one of them");
  const archive = await archiveOf(file, io, options);
  if (options.code === true) {
    const code = await inspectCode(archive, { signal });
    console.result(code, codeText(code));
  } else if (options.sql === true) {
    const sql = await inspectSql(archive, { signal });
    console.result({ sql }, sql.trimEnd());
  } else {
    const contents = await inspect(archive, { signal });
    console.result(contents, contentsText(contents));
  }
  return DONE;
};
