/**
 * A database for one drill: on an embedded server that exists only for it, or a scratch database that is created and
 * dropped on a server that the caller names. Never an existing database.
 */
import { ConnectionError } from "../errors.ts";
import type { OnProgress } from "../events.ts";
import { type ConnectionSource, withConnection } from "../pg/connect.ts";
import type { RestoreOptions } from "../restore/options.ts";
import { withDatabaseName } from "../sql/conninfo/format.ts";
import { quoteIdent } from "../sql/ident.ts";
import { createScratchDatabase } from "./scratch-database.ts";

export interface ThrowawayOptions {
  /** A server's connection string; without one, an embedded server is started. */
  readonly into?: string | undefined;
  /** The archive's major version, where known: the embedded server's is the same or the next newer one installed. */
  readonly major?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Receives a warning for each scratch database of a killed drill. */
  readonly onProgress?: OnProgress | undefined;
}

export interface Throwaway {
  readonly source: ConnectionSource;
  /** For a restore into it: an embedded server is built without lz4, which says nothing of the server that was dumped. */
  readonly restoreOptions: Pick<RestoreOptions, "noToastCompression">;
  /** Where to restore what this server cannot, for people; undefined where somebody chose it. */
  readonly elsewhere: string | undefined;
  /** For people: `embedded PostgreSQL 16.14`, `scratch database nexushub_drill_… on …`. */
  readonly label: string;
  /** Removes the database, and the server when it was started for it. */
  remove(): Promise<void>;
}

/** NexusHub's major, for archives that do not record theirs. */
const DEFAULT_MAJOR = 16;

/** @throws ConnectionError when no server can be started or reached; ServerError when no database can be created there. */
export function openThrowaway(options: ThrowawayOptions): Promise<Throwaway> {
  return options.into === undefined ? embedded(options) : scratch(options.into, options);
}

async function embedded({ major = DEFAULT_MAJOR, signal }: ThrowawayOptions): Promise<Throwaway> {
  const { EMBEDDED_MAJORS, installCommand, installedBinaries, startEmbedded } =
    await import("../embedded/index.ts");
  const fit = EMBEDDED_MAJORS.filter((each) => each >= major);
  const installed = fit.find((each) => installedBinaries(each).length > 0);
  if (installed === undefined) {
    throw new ConnectionError(`no embedded PostgreSQL ${major} or newer is installed`, {
      hint: `${installCommand()}, or name a server with --into`,
    });
  }
  const server = await startEmbedded({ major: installed, signal });
  return {
    source: server.url,
    restoreOptions: { noToastCompression: true },
    // It has not the extensions and libraries of the one that was dumped, and no provider who creates them.
    elsewhere: "name a server like the target with --into",
    label: `embedded PostgreSQL ${server.version}`,
    remove: () => server.stop(),
  };
}

async function scratch(into: string, { signal, onProgress }: ThrowawayOptions): Promise<Throwaway> {
  const database = await createScratchDatabase(into, { signal, onProgress });
  const { name, through } = database;
  return {
    source: withDatabaseName(into, name),
    restoreOptions: {},
    elsewhere: undefined,
    label: `scratch database ${name}, created through ${through}`,
    async remove() {
      try {
        // Without the caller's signal: an interrupted drill removes its database too.
        await withConnection(into, {}, (again) =>
          again.query(`DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE)`, {
            action: `drop the scratch database ${name}`,
          }),
        );
      } finally {
        await database.release();
      }
    },
  };
}
