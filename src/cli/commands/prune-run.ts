/** The body of `prune`. */
import { UsageError } from "../../errors.ts";
import { prune } from "../../nexushub/retention/prune.ts";
import { type Body, withoutUndefined } from "../command.ts";
import { DONE } from "../exit-codes.ts";
import { formatTable, plural } from "../../util/format.ts";
import { policyOf, type RetentionOptions } from "../retention-options.ts";

export interface PruneCommandOptions extends RetentionOptions {
  readonly dryRun?: boolean;
  readonly adopt?: boolean;
}

export const pruneRun: Body<PruneCommandOptions> = async ({ console, signal }, options, folder) => {
  if (folder === undefined) throw new UsageError("name the folder of the backups");
  const { dryRun = false } = options;
  const result = await prune(
    folder,
    withoutUndefined({ retention: policyOf(options), dryRun, adopt: options.adopt, signal }),
  );
  for (const { message } of result.warnings) console.say("warning", message);
  const rows = result.decisions.map(({ action, name, reason }) => [action, name, reason]);
  const kept = result.decisions.length - result.removed.length;
  const last = `${plural(kept, "backup")} ${dryRun ? "would stay" : "kept"}, ${result.removed.length} ${dryRun ? "would go" : "removed"}`;
  console.result(
    result,
    rows.length === 0 ? last : `${formatTable(["", "backup", "why"], rows)}\n\n${last}`,
  );
  return DONE;
};
