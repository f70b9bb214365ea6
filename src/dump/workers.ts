/** Further connections that read the snapshot of a dump. */
import { availableParallelism } from "node:os";
import type { ServerVersion } from "../catalog/version.ts";
import { ConnectionError } from "../errors.ts";
import type { Connector } from "../pg/connect.ts";
import type { Connection } from "../pg/connection.ts";
import { joinSnapshot, type Reader } from "../pg/session.ts";
import { type Warning, warning } from "../warnings.ts";

/** The snapshot that the first connection exported. */
export interface SharedSnapshot {
  readonly connector: Connector;
  readonly version: ServerVersion;
  readonly reader: Reader;
  /** Undefined when other connections cannot see it. */
  readonly snapshot: string | undefined;
}

export interface WorkerOptions {
  /** Number of connections, with the first one. */
  readonly count: number;
  readonly signal: AbortSignal;
  /** Receives each connection as soon as it is open; the caller closes it. */
  readonly onConnection: (connection: Connection) => void;
  /** Receives a warning when fewer connections could be opened. */
  readonly onWarning?: (warning: Warning) => void;
}

/** Blocks of all tables below which a second connection costs more than it saves: 32 MiB. */
const SHARE_FROM_PAGES = 4096;
/** More connections could keep the server's other clients out. */
const MAX_DEFAULT_JOBS = 4;

/** Number of connections for tables of so many blocks, unless the caller chose one. */
export function defaultJobs(pages: number): number {
  return pages < SHARE_FROM_PAGES ? 1 : Math.min(MAX_DEFAULT_JOBS, availableParallelism());
}

/**
 * Opens connections that see the snapshot. The server may have too few left: that is no failure, because the first
 * connection can read everything alone.
 */
export async function openWorkers(
  { connector, version, reader, snapshot }: SharedSnapshot,
  { count, signal, onConnection, onWarning }: WorkerOptions,
): Promise<void> {
  if (snapshot === undefined) return;
  for (let opened = 1; opened < count; opened++) {
    let worker: Connection;
    try {
      worker = await connector.connect(signal);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      const message = `opened only ${opened} of ${count} connections: ${error.message}`;
      onWarning?.(warning("fewer-connections", null, message));
      return;
    }
    onConnection(worker);
    await joinSnapshot(worker, version, snapshot, reader);
  }
}
