/** Refuses to work on a folder of backups that is not there. */
import { UsageError } from "../../errors.ts";
import { requirePath } from "../../sql/conninfo/require-path.ts";
import { openFolder } from "../../store/open-folder.ts";

/** @throws UsageError when it is not a path or an address, or there is no such folder. */
export async function requireFolder(address: string): Promise<void> {
  requirePath(address, "folder");
  if (!(await (await openFolder(address)).exists()))
    throw new UsageError("there is no such folder", { object: address });
}
