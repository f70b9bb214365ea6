/** The body of `inspect`. */
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { UsageError } from "../../errors.ts";
import { inspectPlain } from "../../plain/inspect-plain.ts";
import { inspectCode } from "../../verify/code/inspect-code.ts";
import { inspect, inspectSql } from "../../verify/inspect.ts";
import { codeText } from "../code-text.ts";
import type { Body, CommandContext } from "../command.ts";
import { contentsText } from "../contents-text.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DAMAGED, DONE } from "../exit-codes.ts";
import { withOperand } from "../plain-operand.ts";
import { plainText } from "../plain-text.ts";
import { showProgress } from "../progress.ts";

export interface InspectCommandOptions extends DecryptionOptions {
  readonly sql?: boolean;
  readonly code?: boolean;
}

export const inspectRun: Body<InspectCommandOptions> = async (context, options, file) => {
  const { console, signal } = context;
  if (options.sql === true && options.code === true)
    throw new UsageError("--sql and --code are two ways to print an archive: give one of them");
  return withOperand(context, file, options, async ({ archive, isPlain }) => {
    if (!isPlain) return inspectArchive(context, options, archive);
    if (options.code === true || options.sql === true)
      throw new UsageError("a plain dump is SQL already: --sql and --code are for archives");
    const contents = await inspectPlain(archive, { signal, onProgress: showProgress(console) });
    console.result(contents, plainText(contents));
    return contents.isComplete ? DONE : DAMAGED;
  });
};

async function inspectArchive(
  { console, signal }: CommandContext,
  options: InspectCommandOptions,
  archive: ArchiveOrigin,
): Promise<number> {
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
}
