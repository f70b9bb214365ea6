/** The database that a command is about: --database-url, $DATABASE_URL, libpq's variables, then a NexusHub deployment. */
import type { DetectedKey } from "../nexushub/deployment/deployment.ts";
import type { DetectedDeployment } from "../nexushub/deployment/open-deployment.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import type { ConnectionOptions, Running } from "./command.ts";

/** A database, and what is known of the host that it was found on. */
export interface Database {
  readonly source: ConnectionSource;
  /** The sealing key of NexusHub, where one is at hand. */
  readonly key: DetectedKey | null;
  /** The deployment found on this host; null when the operator named the database. */
  readonly found: DetectedDeployment | null;
}

/** The options as the library's detection takes them. */
export function deploymentOptions(
  { databaseUrl, envFile, composeFile }: ConnectionOptions,
  { io, signal }: Pick<Running, "io" | "signal">,
) {
  return { databaseUrl, envFile, composeFile, env: io.env, signal };
}

/**
 * Finds the database, lets `use` have it, and ends what was opened to reach it.
 * @throws UsageError only when nothing says which database is meant.
 */
export async function withDatabase<T>(
  options: ConnectionOptions,
  running: Running,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const { openDeployment } = await import("../nexushub/deployment/open-deployment.ts");
  const deployment = await openDeployment(deploymentOptions(options, running));
  const { shape, composeFile, connection, key, why, notes } = deployment;
  try {
    const isFound = shape === "compose" || shape === "bare-metal";
    if (isFound) running.console.say("info", why.join("; "));
    for (const note of notes) running.console.say("warning", note);
    return await use({ source: connection, key, found: isFound ? { shape, composeFile } : null });
  } finally {
    await deployment.close();
  }
}
