/** The error of a host on which no NexusHub database was found, or one that is stopped. Pure. */
import { ConnectionError, type NexushubDumpError, UsageError } from "../../errors.ts";
import type { NoDeployment } from "./deployment.ts";

export function nothingDetected({ checked, stopped }: NoDeployment): NexushubDumpError {
  if (stopped !== null)
    return new ConnectionError(
      `NexusHub's database container is not running: it is ${stopped.status}`,
      {
        object: stopped.composeFile,
        hint: `start it (docker compose -f ${stopped.composeFile} up -d), or name another database: --database-url, --env-file`,
      },
    );
  return new UsageError("no NexusHub database was found on this host", {
    hint: `checked: ${checked.join("; ")}. Pass --database-url, --env-file or --compose-file`,
  });
}
