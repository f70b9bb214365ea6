/** The body of `prune`. */
import { defaultFolder } from "../../nexushub/backup-folder/default-folder.ts";
import { prune } from "../../nexushub/retention/prune.ts";
import { formatTable, plural } from "../../util/format.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { identitiesOf, verifyKeysOf } from "../archive-operand.ts";
import type { Body } from "../command.ts";
import { DONE } from "../exit-codes.ts";
import { policyOf, type RetentionOptions } from "../retention-options.ts";
import { type KeptDatabasesOptions, pruneDatabases } from "./kept-databases.ts";

export interface PruneCommandOptions extends RetentionOptions, KeptDatabasesOptions {
  readonly dryRun?: boolean;
  readonly adopt?: boolean;
  readonly verifyKey?: string[];
  readonly identity?: string[];
}

export const pruneRun: Body<PruneCommandOptions> = async (context, options, folder) => {
  if (options.databases === true) return pruneDatabases(context, options);
  const { console, signal } = context;
  const { dryRun = false, adopt } = options;
  const verifyKeys = await verifyKeysOf(options);
  const identities = await identitiesOf(options);
  const result = await prune(
    folder ?? (await defaultFolder()),
    withoutUndefined({
      retention: policyOf(options),
      dryRun,
      adopt,
      verifyKeys,
      identities,
      signal,
    }),
  );
  for (const { message } of result.warnings) console.say("warning", message);
  const kept = plural(result.decisions.length - result.removed.length, "backup");
  const removed = result.removed.length;
  const summary = dryRun
    ? `${kept} would be kept, ${removed} removed`
    : `${kept} kept, ${removed} removed`;
  const rows = result.decisions.map(({ action, name, reasons }) => [
    action,
    name,
    reasons.join("; "),
  ]);
  console.result(
    result,
    rows.length === 0 ? summary : `${formatTable(["", "backup", "why"], rows)}\n\n${summary}`,
  );
  return DONE;
};
