/** The database of a command: --database-url, $DATABASE_URL, libpq's variables, then a NexusHub deployment. */
import { isNexushubDumpError } from "../errors.ts";
import type { DetectedKey } from "../nexushub/deployment/deployment.ts";
import type { DetectedDeployment } from "../nexushub/deployment/open-deployment.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import type { CommandContext, ConnectionOptions } from "./command.ts";
import { untilConnected } from "./wait.ts";

/** A database, and what is known about the host on which it was found. */
export interface Database {
  readonly source: ConnectionSource;
  /** NexusHub's sealing key; null when none was found. */
  readonly key: DetectedKey | null;
  /** WG_ENDPOINT; null when it was not found. */
  readonly wgEndpoint: string | null;
  /** The deployment on this host; null when the operator named the database. */
  readonly detected: DetectedDeployment | null;
}

/** The options in the form that deployment detection takes. */
export function deploymentOptions(
  { databaseUrl, envFile, composeFile }: ConnectionOptions,
  { io, signal }: Pick<CommandContext, "io" | "signal">,
) {
  return { databaseUrl, envFile, composeFile, env: io.env, signal };
}

/** Waits for the server as `--wait` says. Without that option nothing is tried. */
export async function waitForServer(
  options: ConnectionOptions,
  context: CommandContext,
): Promise<void> {
  if (options.wait === undefined) return;
  const { openDeployment } = await import("../nexushub/deployment/open-deployment.ts");
  const { connect } = await import("../pg/connect.ts");
  await untilConnected(options.wait, context, async () => {
    const deployment = await openDeployment(deploymentOptions(options, context));
    try {
      const { connection } = await connect(deployment.connection, { signal: context.signal });
      await connection.close();
    } finally {
      await deployment.close();
    }
  });
}

/**
 * Finds the database, calls `use` with it, and closes what was opened to reach it.
 * @throws UsageError only when no database was named or found.
 */
export async function withDatabase<T>(
  options: ConnectionOptions,
  context: CommandContext,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  await waitForServer(options, context);
  const { openNamedOrDetected, withReasons } =
    await import("../nexushub/deployment/open-deployment.ts");
  const deployment = await openNamedOrDetected(deploymentOptions(options, context));
  const { shape, composeFile, connection, key, wgEndpoint, why, notes } = deployment;
  const isDetected = shape === "compose" || shape === "bare-metal";
  try {
    if (isDetected) context.console.say("info", why.join("; "));
    for (const message of notes) context.console.say("warning", message);
    return await use({
      source: connection,
      key,
      wgEndpoint,
      detected: isDetected ? { shape, composeFile } : null,
    });
  } catch (error) {
    // Of a named database, nobody has said yet where its name was read.
    const isUntold = !isDetected && isNexushubDumpError(error) && error.code === "CONNECTION";
    throw isUntold ? withReasons(error, why, options) : error;
  } finally {
    await deployment.close();
  }
}
