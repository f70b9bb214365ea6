/**
 * Runs of unchanged units whose parts are copied inside an object store. They wait until everything else is in the archive, and are
 * then taken over in the order in which they are stored: the store copies long ranges of one object, and connections that
 * take turns would leave none.
 */
import type { Connection } from "../../pg/connection.ts";
import {
  type CopiedUnit,
  type CopyUnitsContext,
  partsOf,
  reusedUnits,
  type RunToCopy,
} from "./copy-units.ts";
import { copyInStoredOrder } from "./stored-parts.ts";

/** A run that waits. */
export interface LaterRun {
  readonly run: RunToCopy;
  /** Called with its units, when they are copied. */
  readonly take: (units: readonly CopiedUnit[]) => void;
}

/** @throws what the writer, the earlier archive's store and the server throw. */
export async function copyLaterRuns(
  connection: Connection,
  runs: readonly LaterRun[],
  context: CopyUnitsContext,
): Promise<void> {
  const parts = runs.map(({ run }) => partsOf(run));
  const labels = runs.flatMap(({ run }, index) => parts[index]!.map(() => run.table.label));
  const all = parts.flat();
  const onCopied = (index: number): void => {
    const { rows, bytes } = all[index]!;
    context.progress.add(labels[index]!, rows, bytes);
  };
  const results = await copyInStoredOrder(all, { ...context, reader: context.earlier!, onCopied });
  let next = 0;
  for (const [index, { run, take }] of runs.entries()) {
    const ofRun = results.slice(next, (next += parts[index]!.length));
    take(await reusedUnits(connection, run, ofRun, context));
  }
}
