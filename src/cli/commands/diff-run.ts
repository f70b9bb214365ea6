/** The body of `diff`. */
import { diff } from "../../diff/diff.ts";
import { UsageError } from "../../errors.ts";
import { type Body, withoutUndefined } from "../command.ts";
import { diffText } from "../diff-text.ts";
import { DONE, FAILED } from "../exit-codes.ts";
import { showProgress } from "../progress.ts";

export interface DiffCommandOptions {
  readonly schemaOnly?: boolean;
  readonly dataOnly?: boolean;
  readonly samples?: number;
  readonly showValues?: boolean;
}

export const diffRun: Body<DiffCommandOptions> = async ({ console, signal }, options, a, b) => {
  if (a === undefined || b === undefined) throw new UsageError("name what to compare");
  const result = await diff(
    a,
    b,
    withoutUndefined({
      schemaOnly: options.schemaOnly,
      dataOnly: options.dataOnly,
      samples: options.samples,
      showValues: options.showValues,
      signal,
      onProgress: showProgress(console),
    }),
  );
  console.result(result, diffText(result));
  return result.equal ? DONE : FAILED;
};
