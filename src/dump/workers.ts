/** How many connections read, and the opening of those beyond the first. */
import { type Warning, warning } from "../warnings.ts";
import { availableParallelism } from "node:os";
import { ConnectionError } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";
import { joinSnapshot } from "../pg/session.ts";
import type { PreparedDump } from "./prepare.ts";

/** Blocks of all tables below which a second connection costs more than it brings: 32 MiB. */
const SHARE_FROM_PAGES = 4096;
/** More connections than this by default would be impolite to the server. */
const MOST_BY_DEFAULT = 4;

/** Connections for so many blocks when the caller did not say. */
export function defaultJobs(pages: number): number {
  return pages < SHARE_FROM_PAGES ? 1 : Math.min(MOST_BY_DEFAULT, availableParallelism());
}

/**
 * Opens connections that see the snapshot, until there are `wanted` with the first. Fewer are no failure: the server
 * has its limits, and the first one alone can do all.
 * @param keep is given each connection as soon as it is open.
 */
export async function openWorkers(
  { connector, version, snapshot }: Pick<PreparedDump, "connector" | "version" | "snapshot">,
  wanted: number,
  signal: AbortSignal,
  keep: (connection: Connection) => void,
  warn: (warning: Warning) => void,
): Promise<void> {
  if (snapshot === undefined) return;
  for (let count = 1; count < wanted; count++) {
    let worker: Connection;
    try {
      worker = await connector.connect(signal);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      warn(
        warning(
          "fewer-connections",
          null,
          `opened only ${count} of ${wanted} connections: ${error.message}`,
        ),
      );
      return;
    }
    keep(worker);
    await joinSnapshot(worker, version, snapshot);
  }
}
