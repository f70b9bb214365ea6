/** The embedded server for tests: its files are in memory where there is room. */
import { existsSync, statfsSync } from "node:fs";
import { checkCount, checkOptions } from "../arguments/check-options.ts";
import {
  type EmbeddedOptions,
  type EmbeddedServer,
  startEmbedded as start,
} from "../embedded/index.ts";
import { EMBEDDED_OPTIONS } from "./option-types.ts";

/** Linux's file system in memory (Linux man-pages, shm_overview(7)). */
const MEMORY = "/dev/shm";
/** A new server takes about 50 MiB and a small database 8; this is room for several of both. */
const ROOM_BYTES = 4 * 1024 ** 3;

/** Undefined where there is none, or too little room: containers often get 64 MiB. */
function memoryFolder(): string | undefined {
  if (!existsSync(MEMORY)) return undefined;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ROOM_BYTES ? MEMORY : undefined;
}

/**
 * Starts a server for tests. A database consists of 300 files and more, so on a disk most of a test's time would be
 * spent creating and removing them. Where `/dev/shm` has 4 GiB free, the files are there; `base` overrides that, for
 * instance with `os.tmpdir()` for databases of gigabytes. It listens on 127.0.0.1, too. All other options are those of the embedded server.
 * @throws UsageError, ConnectionError and AbortedError as the embedded server does.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  checkCount("startEmbedded", arguments.length, 1);
  checkOptions("startEmbedded", options, EMBEDDED_OPTIONS);
  // Not every driver reads the address of a Unix socket (postgres.js and Prisma's do not).
  const withTcp = { tcp: true, ...options };
  const memory = options.base === undefined ? memoryFolder() : undefined;
  if (memory === undefined) return start(withTcp);
  // Old WAL would take the memory that databases need.
  const settings = { max_wal_size: "256MB", ...options.settings };
  return start({ ...withTcp, base: memory, settings });
}
