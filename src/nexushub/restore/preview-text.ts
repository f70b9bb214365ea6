/** Tells the operator what a restore would overwrite, and refuses while others are connected. */
import { RefusedError } from "../../errors.ts";
import { listed, plural } from "../../util/format.ts";
import type { DetectedDeployment } from "../deployment/open-deployment.ts";
import { apiCommand } from "./operator-steps.ts";
import type { RestorePreview, TargetSession } from "./target-preview.ts";

/** One line for each fact. Contains no password. */
export function previewText(preview: RestorePreview): string[] {
  const { label, tables, changed, rows, rowsAreEstimated, newestAudit, sessions } = preview;
  if (tables === 0)
    return [changed === null ? `${label} is empty` : `${label} has none of the tables yet`];
  const count = `${rowsAreEstimated ? "about " : ""}${plural(rows, "row")}`;
  const lines =
    changed === null
      ? [`${label} will be overwritten`, `  it holds ${plural(tables, "table")} with ${count}`]
      : [
          `${label}: ${plural(tables, "table")} with ${count} will be replaced or added to: ${listed(changed, { limit: 10 })}`,
          "  everything else stays as it is",
        ];
  if (newestAudit !== null) lines.push(`  its newest audit entry is from ${newestAudit}`);
  if (sessions.length > 0) {
    lines.push(
      `  ${plural(sessions.length, "other session")} connected: ${describeSessions(sessions)}`,
    );
  }
  return lines;
}

/** @throws RefusedError (TARGET_BUSY) only when others are connected. */
export function refuseWhileConnected(
  { label, sessions }: RestorePreview,
  deployment: DetectedDeployment | null,
): void {
  if (sessions.length === 0) return;
  const verb = sessions.length === 1 ? "is" : "are";
  throw new RefusedError(
    "TARGET_BUSY",
    `${plural(sessions.length, "other session")} ${verb} connected to ${label}: ${describeSessions(sessions)}`,
    {
      object: label,
      hint: `stop the API first (${apiCommand("stop", deployment)}), or pass --while-connected to wait for their locks; --swap restores beside the database and keeps it serving meanwhile`,
    },
  );
}

function describeSessions(sessions: readonly TargetSession[]): string {
  const names = sessions.map(
    ({ pid, user, application, address }) =>
      `${application || "unnamed"} as ${user} from ${address ?? "this host"} (process ${pid})`,
  );
  return listed(names, { limit: 5 });
}
