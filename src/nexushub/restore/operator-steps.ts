/** Advice to the operator around a restore: how to stop and restart the API, and what to check afterwards. */
import { shellWord } from "../../util/shell-word.ts";
import { API_SERVICE, COMPOSE_FILE } from "../deployment/facts.ts";
import type { DetectedDeployment } from "../deployment/open-deployment.ts";

/** The command that stops or restarts NexusHub's API; both variants where the deployment is not known. */
export function apiCommand(
  verb: "stop" | "restart",
  deployment: DetectedDeployment | null,
): string {
  const file = shellWord(deployment?.composeFile ?? COMPOSE_FILE);
  const compose = `docker compose -f ${file} ${verb} ${API_SERVICE}`;
  const systemd = `systemctl ${verb} nexushub-api`;
  if (deployment === null) return `${systemd}, or ${compose}`;
  return deployment.shape === "compose" ? compose : systemd;
}

/** The steps after a restore, one line each. */
export function afterRestore(deployment: DetectedDeployment | null): string[] {
  return [
    "After the restore:",
    `  1. restart the API: ${apiCommand("restart", deployment)}`,
    "  2. log in and download a peer's configuration: it must render, and its tunnel must connect",
    "  3. check the audit log: its newest entry must be the one that you expect",
  ];
}
