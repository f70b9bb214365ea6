/** The error of a host on which no NexusHub database was found. Pure. */
import { UsageError } from "../../errors.ts";
import type { NoDeployment } from "./deployment.ts";

export function nothingDetected({ checked, stopped }: NoDeployment): UsageError {
  if (stopped !== null)
    return new UsageError(`NexusHub's database container is not running: it is ${stopped.status}`, {
      object: stopped.composeFile,
      hint: `start it (docker compose -f ${stopped.composeFile} up -d), or name another database: --database-url, --env-file`,
    });
  return new UsageError("no NexusHub database was found on this host", {
    hint: `checked: ${checked.join("; ")}. Pass --database-url, --env-file or --compose-file`,
  });
}
