/** The body of `restore`. */
import { UsageError } from "../../errors.ts";
import type {
  RestoreOptions,
  RestoreResult,
  RestoreSection,
  SwapResult,
} from "../../restore/options.ts";
import { formatBytes, formatCount, formatDuration, listed, plural } from "../../util/format.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import { backupOperand } from "../backup-operand.ts";
import type { Body, CommandContext } from "../command.ts";
import { type KindCommandOptions, kindOptions } from "../kind-options.ts";
import { DAMAGED, DONE } from "../exit-codes.ts";
import { type PatternOptions, restorePatterns } from "../patterns.ts";
import { showProgress } from "../progress.ts";
import { type GuardOptions, restoreGuarded } from "./restore-guarded.ts";
import { listRestore } from "./restore-list.ts";
import { undoRun } from "./restore-undo.ts";
import { readTextFile } from "../../util/text-file.ts";

export interface RestoreCommandOptions extends GuardOptions, KindCommandOptions, PatternOptions {
  readonly unloggedTableData?: boolean;
  readonly includeForeignData?: boolean;
  readonly toastCompression?: boolean;
  readonly tablespaces?: boolean;
  readonly useList?: string;
  readonly schemaOnly?: boolean;
  readonly dataOnly?: boolean;
  readonly section?: RestoreSection[];
  readonly owner?: boolean;
  readonly privileges?: boolean;
  readonly roles?: boolean;
  readonly role?: string;
  readonly list?: boolean;
  readonly tune?: "on" | "off";
  readonly analyze?: boolean;
  readonly statistics?: boolean;
  readonly disableTriggers?: boolean;
  readonly loadViaPartitionRoot?: boolean;
  readonly skipDamaged?: boolean;
  readonly lockTimeout?: number;
  readonly jobs?: number;
  readonly undo?: boolean;
}

export const restoreRun: Body<RestoreCommandOptions> = async (context, options, operand) => {
  if (options.undo === true) {
    if (operand !== undefined) throw new UsageError("--undo takes no archive");
    return undoRun(context, options);
  }
  if (operand === undefined)
    throw new UsageError("name the archive to restore, or - for standard input");
  if (options.swap !== true) refuseSwapOptions(options);
  if (options.swap === true && options.force === true)
    throw new UsageError("--swap and --force exclude each other", {
      hint: "a swap replaces the whole database with a new one and needs no --force",
    });
  if (options.schemaOnly === true && options.dataOnly === true) {
    throw new UsageError("--schema-only and --data-only together leave nothing to restore");
  }
  const restoreOptions = await restoreOptionsOf(context, options);
  const file = await backupOperand(operand, context.console);
  if (options.list === true) return listRestore(context, options, file, restoreOptions);
  const result = await restoreGuarded(context, options, file, restoreOptions);
  context.console.result(result, summary(result, options.dryRun === true));
  return result.lost.length === 0 ? DONE : DAMAGED;
};

function refuseSwapOptions({ jobs, keepOld, swapTimeout }: RestoreCommandOptions): void {
  if (jobs ?? keepOld ?? swapTimeout)
    throw new UsageError("--jobs, --keep-old and --swap-timeout need --swap", {
      hint: "a restore in one transaction has one connection",
    });
}

async function restoreOptionsOf(
  { console, signal }: CommandContext,
  options: RestoreCommandOptions,
): Promise<RestoreOptions> {
  return withoutUndefined({
    ...kindOptions(options),
    ...(await restorePatterns(options)),
    noUnloggedTableData: options.unloggedTableData === false ? true : undefined,
    foreignData: options.includeForeignData,
    noToastCompression: options.toastCompression === false ? true : undefined,
    noTablespaces: options.tablespaces === false ? true : undefined,
    useList:
      options.useList === undefined ? undefined : await readTextFile(options.useList, "the list"),
    force: options.force,
    schemaOnly: options.schemaOnly,
    dataOnly: options.dataOnly,
    sections: options.section,
    owner: options.owner,
    privileges: options.privileges,
    roles: options.roles,
    role: options.role,
    dryRun: options.dryRun,
    tune: options.tune === undefined ? undefined : options.tune === "on",
    analyze: options.analyze,
    statistics: options.statistics === false ? false : undefined,
    disableTriggers: options.disableTriggers,
    loadViaPartitionRoot: options.loadViaPartitionRoot,
    skipDamaged: options.skipDamaged,
    lockTimeoutMs: options.lockTimeout,
    swap:
      options.swap === true
        ? { jobs: options.jobs, keepOld: options.keepOld, timeoutMs: options.swapTimeout }
        : undefined,
    signal,
    onProgress: showProgress(console),
  });
}

function leftOutText({ owners, privileges }: RestoreResult["leftOut"]): string {
  const parts = [
    ...(owners === 0 ? [] : [`the owners of ${plural(owners, "object")} (--owner sets them)`]),
    ...(privileges === 0
      ? []
      : [`the privileges of ${plural(privileges, "object")} (--privileges grants them)`]),
  ];
  return parts.length === 0 ? "" : `; left out: ${parts.join(", ")}`;
}

function swapText({ kept, keptUntil, sessionsEnded, heldMs }: SwapResult): string {
  const sessions = `; ${plural(sessionsEnded, "session")} ended, new ones waited for ${formatDuration(heldMs)}`;
  return kept === null
    ? `${sessions}; the old database was dropped`
    : `${sessions}; the old one is kept as ${kept} until ${keptUntil} (restore --undo brings it back)`;
}

function lostText(lost: RestoreResult["lost"]): string {
  if (lost.length === 0) return "";
  const tables = lost.map(
    ({ namespace, name, rows }) => `${formatCount(rows)} of ${namespace}.${name}`,
  );
  return `; LOST ROWS: ${listed(tables)}`;
}

function rolesText({ createdRoles }: RestoreResult): string {
  return createdRoles.length === 0 ? "" : `; roles created: ${listed(createdRoles)}`;
}

function summary(result: RestoreResult, dryRun: boolean): string {
  const rest = `${rolesText(result)}${leftOutText(result.leftOut)}${lostText(result.lost)}`;
  const restored = `${plural(result.objects, "object")} and ${plural(result.rows, "row")} (${formatBytes(result.bytes)} as text)`;
  const took = formatDuration(result.elapsedMs);
  if (result.swap !== undefined && !dryRun)
    return `${result.target}: ${restored} restored beside it and exchanged in ${took}${swapText(result.swap)}${rest}`;
  const text = dryRun
    ? `${result.target}: ${restored} restored and rolled back in ${took}; nothing was changed`
    : `${result.target}: ${restored} restored and committed in ${took}`;
  return `${text}${rest}`;
}
