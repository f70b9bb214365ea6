/** The body of `inspect`. */
import { inspect, inspectSql } from "../../verify/inspect.ts";
import { archiveOf } from "../archive-operand.ts";
import type { Body } from "../command.ts";
import { contentsText } from "../contents-text.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DONE } from "../exit-codes.ts";

export interface InspectCommandOptions extends DecryptionOptions {
  readonly sql?: boolean;
}

export const inspectRun: Body<InspectCommandOptions> = async (context, options, file) => {
  const { io, console, signal } = context;
  const archive = await archiveOf(file, io, options);
  if (options.sql === true) {
    const sql = await inspectSql(archive, { signal });
    console.result({ sql }, sql.trimEnd());
  } else {
    const contents = await inspect(archive, { signal });
    console.result(contents, contentsText(contents));
  }
  return DONE;
};
