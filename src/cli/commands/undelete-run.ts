/** The body of `undelete`. */
import { UsageError } from "../../errors.ts";
import { apiCommand } from "../../nexushub/restore/operator-steps.ts";
import {
  type NexusHubUndeleteOptions,
  undeleteNexusHub,
} from "../../nexushub/undelete/undelete-nexushub.ts";
import type { UndeletePlan, UndeleteResult } from "../../undelete/options.ts";
import { plural } from "../../util/format.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { withRereadableArchive } from "../archive-operand.ts";
import type { Body, CommandContext, ConnectionOptions } from "../command.ts";
import { isTerminal, requireAnswer } from "../confirm.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DONE, REFUSED } from "../exit-codes.ts";
import { showProgress } from "../progress.ts";
import { withDatabase } from "../source.ts";
import { planLines, undeleteText } from "../undelete-text.ts";

export interface UndeleteCommandOptions extends ConnectionOptions, DecryptionOptions {
  readonly rows?: Record<string, string>;
  readonly peer?: string;
  readonly user?: string;
  readonly withDependents?: boolean;
  readonly withReferences?: boolean;
  readonly withoutTable?: string[];
  readonly keepChanged?: boolean;
  readonly enableTriggers?: boolean;
  readonly role?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly allowKeyMismatch?: boolean;
  readonly allowUnkeyed?: boolean;
  readonly allowFixture?: boolean;
  readonly lockTimeout?: number;
}

export const undeleteRun: Body<UndeleteCommandOptions> = async (context, options, file) => {
  const { console } = context;
  if (options.rows === undefined && options.peer === undefined && options.user === undefined)
    throw new UsageError("name the rows to bring back with --rows, --peer or --user");
  const fromStdin = file === "-";
  // Its manifest is checked before its rows are read.
  return withRereadableArchive(context, file, options, async (archive) => {
    const result = await withDatabase(options, context, async (database) => {
      const { source, key, wgEndpoint, detected } = database;
      const onPlan = (plan: UndeletePlan): Promise<void> =>
        preview(context, options, plan, fromStdin);
      const undone = await undeleteNexusHub(archive, source, {
        ...undeleteOptions(context, options),
        key,
        wgEndpoint,
        onPlan,
      });
      if (undone.committed && hasPeers(undone))
        console.say(
          "info",
          `restart the API, so that it sets up the peers: ${apiCommand("restart", detected)}`,
        );
      return undone;
    });
    console.result(result, undeleteText(result, options.dryRun === true));
    return result.conflicts.length > 0 ? REFUSED : DONE;
  });
};

function hasPeers({ tables }: UndeleteResult): boolean {
  return tables.some(({ name, inserted }) => name === "wg_peers" && inserted > 0);
}

function undeleteOptions(
  { io, console, signal }: CommandContext,
  options: UndeleteCommandOptions,
): NexusHubUndeleteOptions {
  return withoutUndefined({
    rows: options.rows,
    peer: options.peer,
    user: options.user,
    withDependents: options.withDependents,
    withReferences: options.withReferences,
    withoutTables: options.withoutTable,
    keepChanged: options.keepChanged,
    enableTriggers: options.enableTriggers,
    role: options.role,
    dryRun: options.dryRun,
    allowKeyMismatch: options.allowKeyMismatch,
    allowUnkeyed: options.allowUnkeyed,
    allowFixture: options.allowFixture,
    lockTimeoutMs: options.lockTimeout,
    env: io.env,
    signal,
    onProgress: showProgress(console),
  });
}

/** Shows what will be done, and asks where somebody can answer. */
async function preview(
  { io, console, signal }: CommandContext,
  { yes, dryRun }: UndeleteCommandOptions,
  plan: UndeletePlan,
  fromStdin: boolean,
): Promise<void> {
  for (const line of planLines(plan)) console.say("info", line);
  const rows = plan.tables.reduce((sum, { inserted }) => sum + inserted, 0);
  if (plan.conflicts.length > 0 || dryRun === true || yes === true || !isTerminal(io)) return;
  const question = `Type yes to insert ${plural(rows, "row")} into ${plan.target}: `;
  const { target: object } = plan;
  const confirmation = { question, expected: "yes", action: "undelete", object, fromStdin };
  await requireAnswer({ io, signal }, confirmation);
}
