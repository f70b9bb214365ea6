/**
 * A throwaway PostgreSQL server for demonstrations, drills and tests: created, used and removed, with no trace
 * left even when this process is killed (supervisor.ts). It is not a place to keep data.
 * Opens no connection: `postmaster.pid` says when the server is ready.
 */
import { randomBytes } from "node:crypto";
import type { ChildProcess } from "node:child_process";
import { chownSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, throwIfAborted } from "../errors.ts";
import { type PathOrUrl, pathText } from "../util/path-text.ts";
import { formatUri } from "../sql/conninfo/format.ts";
import { serverAccount, type Account } from "./account.ts";
import { defaultMajor, findBinaries } from "./binaries.ts";
import { baseFolder, makeFolder } from "./folder.ts";
import type { EmbeddedConnection, EmbeddedOptions, EmbeddedServer } from "./options.ts";
import { preparePrograms } from "./programs.ts";
import { settingsFile } from "./server-config.ts";
import { removeFolder, removeStale } from "./stale.ts";
import { folderFailure, lastLines, startFailure } from "./start-failure.ts";
import { supervise } from "./supervisor.ts";

/** How long initdb and the server's start may take together, on a very busy machine. */
const START_TIMEOUT_MS = 120_000;

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** A port that was free a moment ago; whoever takes it in between makes the start fail. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

function localPath(path: PathOrUrl | undefined): string | undefined {
  return path === undefined ? undefined : pathText(path);
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/**
 * Waits until the server accepts connections.
 * The eighth line of `postmaster.pid` is its state (src/include/utils/pidfile.h).
 * @returns the postmaster's process id.
 */
async function untilReady(
  child: ChildProcess,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    throwIfAborted(signal, "while the embedded PostgreSQL started");
    const lines = textOf(join(folder, "data", "postmaster.pid")).split("\n");
    if (lines[7]?.trim() === "ready") return Number(lines[0]);
    const late = Date.now() > deadline;
    if (late || existsSync(join(folder, "done")) || hasEnded(child)) {
      throw startFailure({ late, log: textOf(join(folder, "log")), base: dirname(folder) });
    }
    await sleep(10);
  }
}

/** Closes the supervisor's pipe and waits until it has removed everything; does that for it if it was killed. */
async function release(child: ChildProcess, folder: string): Promise<void> {
  child.ref();
  child.stdin?.end();
  if (!hasEnded(child)) await once(child, "exit");
  if (existsSync(folder)) await removeFolder(folder);
}

/** Writes what the supervisor reads, for the account that the server runs under. */
function writeRunFiles(
  folder: string,
  account: Account | undefined,
  files: Readonly<Record<string, string>>,
): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (account !== undefined) chownSync(path, account.uid, account.gid);
  }
}

/**
 * Starts an empty PostgreSQL server in a temporary folder. It ends with `stop()`, or by itself when this process ends
 * in whatever way; it does not keep the process alive. Root runs it as `nobody`.
 *
 * @throws UsageError when the major or the folder of programs is none of ours.
 * @throws ConnectionError when no programs are installed, `base` cannot be used, or the server does not start; the
 *   message then ends with the line of its log that says why, or with its last lines.
 * @throws AbortedError when `signal` fires before the server is ready.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const { superuser = "postgres", signal } = options;
  const ownBinaries = localPath(options.binaries);
  const major = options.major ?? defaultMajor(ownBinaries);
  refuseWindows();
  throwIfAborted(signal, "before the embedded PostgreSQL started");
  const binaries = findBinaries(major, ownBinaries);
  const account = serverAccount();
  const base = baseFolder(account, localPath(options.base));
  await removeStale(base, account);

  let folder: string | undefined;
  let child: ChildProcess | undefined;
  try {
    folder = makeFolder(base, account);
    const { bin, version } = preparePrograms(binaries, folder, account);
    const port = options.tcp === true ? await freePort() : 5432;
    const password = randomBytes(18).toString("base64url");
    writeRunFiles(folder, account, {
      password,
      "settings.conf": settingsFile(folder, port, options),
    });
    child = supervise({
      folder,
      bin,
      account,
      initdb: [
        `--username=${superuser}`,
        `--encoding=${options.encoding ?? "UTF8"}`,
        `--locale=${options.locale ?? "C"}`,
        // The account's other processes can enter the socket's folder, and every local account reaches TCP.
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        `--pwfile=${join(folder, "password")}`,
        "--no-sync",
        ...(options.initdb ?? []),
      ],
    });
    const pid = await untilReady(child, folder, signal);
    return describe(child, {
      folder,
      major,
      version,
      pid,
      to: {
        host: options.tcp === true ? "127.0.0.1" : folder,
        port,
        user: superuser,
        password,
        database: "postgres",
      },
    });
  } catch (error) {
    if (child !== undefined) await release(child, folder!);
    else if (folder !== undefined) await removeFolder(folder);
    throw folderFailure(error, base);
  }
}

/** The supervisor is a shell script, and the socket's folder keeps other accounts out: Windows has neither. */
function refuseWindows(): void {
  if (process.platform !== "win32") return;
  throw new ConnectionError("an embedded PostgreSQL is not available on Windows", {
    hint: "install PostgreSQL, or start it in a container, and give its connection string",
  });
}

interface Running {
  readonly folder: string;
  readonly major: number;
  readonly version: string;
  readonly pid: number;
  readonly to: EmbeddedConnection;
}

function describe(child: ChildProcess, running: Running): EmbeddedServer {
  const { folder, major, version, pid, to } = running;
  // A program that has nothing else to do may end; the server then ends with it.
  child.unref();
  (child.stdin as { unref?: () => void } | null)?.unref?.();

  let stopped: Promise<void> | undefined;
  const connection = (database = to.database): EmbeddedConnection => ({ ...to, database });
  return {
    url: uriOf(to),
    host: to.host,
    port: to.port,
    major,
    version,
    dataDirectory: join(folder, "data"),
    pid,
    urlOf: (database) => uriOf(connection(database)),
    connection,
    log: () => lastLines(textOf(join(folder, "log"))),
    stop: () => (stopped ??= release(child, folder)),
  };
}

function uriOf({ host, port, user, password, database }: EmbeddedConnection): string {
  return formatUri({ host, port: String(port), user, password, dbname: database });
}
