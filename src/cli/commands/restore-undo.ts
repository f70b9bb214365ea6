/** `restore --undo`, `--list-old` and `--drop-old`: what comes after a restore with `--swap`. */
import type { ConnectionSource } from "../../pg/connect.ts";
import { dropExpiredDatabases, listKeptDatabases, undoSwap } from "../../swap/undo.ts";
import { formatBytes, formatDuration, formatTable, plural } from "../../util/format.ts";
import type { CommandContext, ConnectionOptions } from "../command.ts";
import { isTerminal, requireAnswer } from "../confirm.ts";
import { DONE } from "../exit-codes.ts";
import { showProgress } from "../progress.ts";
import { withDatabase } from "../source.ts";

export interface UndoOptions extends ConnectionOptions {
  readonly yes?: boolean;
  readonly keepOld?: number;
  readonly swapTimeout?: number;
}

export async function undoRun(context: CommandContext, options: UndoOptions): Promise<number> {
  const { console, io, signal } = context;
  return withDatabase(options, context, async ({ source }) => {
    if (options.yes !== true && isTerminal(io)) await confirmUndo(context, source);
    const result = await undoSwap(source, {
      keepOld: options.keepOld,
      timeoutMs: options.swapTimeout,
      signal,
      onProgress: showProgress(console),
    });
    console.result(
      result,
      `${result.target}: holds again what it held until ${result.swappedAt}; ${plural(result.sessionsEnded, "session")} ended, new ones waited for ${formatDuration(result.heldMs)}; the other one is kept as ${result.kept} until ${result.keptUntil}`,
    );
    return DONE;
  });
}

async function confirmUndo(context: CommandContext, source: ConnectionSource): Promise<void> {
  const kept = (await listKeptDatabases(source)).find(({ canUndo }) => canUndo);
  // The undo itself says that there is nothing to go back to.
  if (kept === undefined) return;
  const { database, swappedAt } = kept;
  await requireAnswer(context, {
    question: `Type the database's name to go back to what it held until ${swappedAt} (${database}): `,
    expected: database,
    action: "undo",
    object: `database ${database}`,
  });
}

export async function listOldRun(context: CommandContext, options: UndoOptions): Promise<number> {
  return withDatabase(options, context, async ({ source }) => {
    const databases = await listKeptDatabases(source);
    const rows = databases.map(({ name, swappedAt, keepUntil, size, canUndo }) => [
      name,
      swappedAt,
      keepUntil,
      size === null ? "" : formatBytes(size),
      canUndo ? "yes" : "no",
    ]);
    const text =
      rows.length === 0
        ? "nothing is kept of the database"
        : formatTable(["database", "replaced", "kept until", "size", "can undo"], rows);
    context.console.result({ databases }, text);
    return DONE;
  });
}

export async function dropOldRun(context: CommandContext, options: UndoOptions): Promise<number> {
  return withDatabase(options, context, async ({ source }) => {
    const dropped = await dropExpiredDatabases(source);
    const text = dropped.length === 0 ? "nothing to drop" : `dropped ${dropped.join(", ")}`;
    context.console.result({ dropped }, text);
    return DONE;
  });
}
