/** Gives the build of an index its own memory, inside a transaction. */
import type { ServerVersion } from "../../catalog/version.ts";
import type { Connection } from "../../pg/connection.ts";
import { setLocal } from "../../pg/session.ts";
import { type IndexBuild, indexMemoryKb } from "../decide/index-memory.ts";
import { memorySetting, type Tuning } from "../decide/session-settings.ts";

export interface TunedTransaction {
  readonly connection: Connection;
  readonly version: ServerVersion;
  /** Of the transaction, undefined for the server's own: its memory is returned to after an index with its own. */
  readonly tuned: Pick<Tuning, "maintenanceWorkMemKb" | "processes"> | undefined;
}

/** @param index undefined for what has no memory of its own. */
export async function withIndexMemory(
  { connection, version, tuned }: TunedTransaction,
  index: IndexBuild | undefined,
  run: () => Promise<void>,
): Promise<void> {
  if (index === undefined || tuned === undefined) return run();
  const setMemory = (kilobytes: number): Promise<unknown> =>
    connection.query(setLocal([memorySetting(kilobytes)]));
  await setMemory(indexMemoryKb(index, tuned.processes, version));
  await run();
  await setMemory(tuned.maintenanceWorkMemKb);
}
