/** `restore --undo`: exchanges a database for the one that a restore with `--swap` replaced. */
import type { ConnectionSource } from "../../pg/connect.ts";
import { listKeptDatabases, undoSwap } from "../../swap/undo.ts";
import { formatDuration, plural } from "../../util/format.ts";
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
