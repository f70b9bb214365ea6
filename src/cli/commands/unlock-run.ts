/** The body of `unlock`. */
import { unlock, type UnlockResult } from "../../nexushub/backup-folder/unlock.ts";
import { withoutUndefined } from "../../util/without-undefined.ts";
import type { Body } from "../command.ts";
import { DONE } from "../exit-codes.ts";

export interface UnlockCommandOptions {
  readonly force?: boolean;
}

export const unlockRun: Body<UnlockCommandOptions> = async ({ console }, { force }, folder) => {
  const result = await unlock(folder!, withoutUndefined({ force }));
  console.result(result, summary(result));
  return DONE;
};

function summary({ folder, removed, holder }: UnlockResult): string {
  if (!removed) return `${folder} is not locked`;
  if (holder === null) return `removed a damaged lock of ${folder}`;
  const { pid, host, since } = holder;
  return `removed the lock of ${folder}: process ${pid} on ${host}, since ${since}`;
}
