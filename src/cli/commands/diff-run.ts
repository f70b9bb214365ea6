/** The body of `diff`. */
import { diff } from "../../diff/diff.ts";
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
  const { schemaOnly, dataOnly, samples, showValues } = options;
  const onProgress = showProgress(console);
  const result = await diff(
    a!,
    b!,
    withoutUndefined({ schemaOnly, dataOnly, samples, showValues, signal, onProgress }),
  );
  console.result(result, diffText(result));
  return result.equal ? DONE : FAILED;
};
