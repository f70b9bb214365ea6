/** The body of `hold`. */
import { UsageError } from "../../errors.ts";
import { hold } from "../../nexushub/hold/hold.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import type { Body } from "../command.ts";
import { DONE } from "../exit-codes.ts";

interface HoldCommandOptions {
  readonly until?: Date;
  readonly release?: boolean;
}

export const holdRun: Body<HoldCommandOptions> = async ({ console }, options, file) => {
  const { until, release } = options;
  if (until !== undefined && release === true)
    throw new UsageError("--until and --release exclude each other");
  const result = await hold(file!, withoutUndefined({ until, release }));
  const end = result.until === null ? "until it is released" : `until ${result.until}`;
  console.result(result, `${result.path} is ${result.held ? `held ${end}` : "no longer held"}`);
  return DONE;
};
