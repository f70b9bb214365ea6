/** The body of `diff`. */
import { diff } from "../../diff/diff.ts";
import type { DiffSide } from "../../diff/options.ts";
import { readsAsConnectionString } from "../../sql/conninfo/secrets.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { archiveOf } from "../archive-operand.ts";
import type { Body, CommandContext } from "../command.ts";
import { diffLines } from "../diff-text.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DONE, FAILED } from "../exit-codes.ts";
import { showProgress } from "../progress.ts";

export interface DiffCommandOptions extends DecryptionOptions {
  readonly schemaOnly?: boolean;
  readonly dataOnly?: boolean;
  readonly samples?: number;
  readonly showValues?: boolean;
}

export const diffRun: Body<DiffCommandOptions> = async (context, options, a, b) => {
  const { console, signal } = context;
  const { schemaOnly, dataOnly, samples, showValues } = options;
  const onProgress = showProgress(console);
  const result = await diff(
    await sideOf(a!, context, options),
    await sideOf(b!, context, options),
    withoutUndefined({ schemaOnly, dataOnly, samples, showValues, signal, onProgress }),
  );
  console.result(result, diffLines(result));
  return result.equal ? DONE : FAILED;
};

/** A database is what reads as a connection string; everything else is an archive. */
async function sideOf(
  operand: string,
  { io }: CommandContext,
  options: DecryptionOptions,
): Promise<DiffSide> {
  return readsAsConnectionString(operand) ? operand : archiveOf(operand, io, options);
}
