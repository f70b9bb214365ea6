/**
 * Notices that a peer no longer acknowledges what is sent to it. Keepalive probes a silent connection, but not one with
 * bytes under way: the system repeats these for a quarter of an hour (tcp(7), `tcp_retries2`). libpq's `tcp_user_timeout`
 * ends that, which Node.js cannot set. On Linux the state of a socket can be read (proc_net_tcp in the kernel's
 * documentation), and so it is done here; elsewhere the system's time remains.
 */
import { readFile } from "node:fs/promises";
import { ConnectionError } from "../errors.ts";
import { formatDuration } from "../util/format.ts";
import type { DriverStream } from "./driver.ts";

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];
/** How often it is looked, unless the time is short. */
const INTERVAL_MS = 5_000;

/** The ports of a socket, which name it on this host well enough. */
export interface Ports {
  readonly localPort: number;
  readonly remotePort: number;
}

/** Timers of a socket: it repeats what was not acknowledged; it asks a peer without room for more. */
const RETRANSMIT = "01";
const PROBE = "04";

/**
 * Whether the socket repeats what it has sent, without an answer to the last attempt. False when the table does not have
 * the socket. Pure.
 * @param table the text of /proc/net/tcp or tcp6.
 */
export function isUnacknowledged(table: string, { localPort, remotePort }: Ports): boolean {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");
  const rows = table
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local = "", remote = ""]) =>
        local.endsWith(`:${hex(localPort)}`) && remote.endsWith(`:${hex(remotePort)}`),
    );
  return rows.length > 0 && rows.every(isRepeating);
}

/** sl, local and remote address, state, queues, timer, retransmissions, uid, unanswered probes, inode. */
function isRepeating(fields: readonly string[]): boolean {
  const [timer] = (fields[5] ?? "").split(":");
  if (timer === RETRANSMIT) return Number.parseInt(fields[6] ?? "", 16) > 0;
  return timer === PROBE && Number(fields[8]) > 0;
}

/**
 * Destroys the stream when nothing of what was sent was acknowledged for so long. Ends with the stream, and keeps no
 * process alive.
 * @param timeoutMs 0: never.
 */
export function watchPeer(stream: DriverStream, timeoutMs: number): void {
  const { localPort, remotePort } = stream;
  if (timeoutMs === 0 || localPort === undefined || remotePort === undefined) return;
  let since: number | undefined;
  let bytesRead = stream.bytesRead;
  const look = async (): Promise<void> => {
    const hasAnswered = stream.bytesRead !== bytesRead;
    bytesRead = stream.bytesRead;
    const now = performance.now();
    if (hasAnswered || !(await isStuck({ localPort, remotePort }))) since = undefined;
    else since ??= now;
    if (since === undefined || now - since < timeoutMs || stream.destroyed) return;
    clearInterval(timer);
    stream.destroy(
      new ConnectionError(`the server has acknowledged nothing for ${formatDuration(timeoutMs)}`, {
        hint: "check the server and the network on the way; tcp_user_timeout and keepalives_idle set the time",
      }),
    );
  };
  const timer = setInterval(() => void look(), Math.min(INTERVAL_MS, timeoutMs / 4));
  timer.unref();
  stream.once("close", () => clearInterval(timer));
}

async function isStuck(ports: Ports): Promise<boolean> {
  for (const path of TABLES) {
    const table = await readFile(path, "latin1").catch(() => "");
    if (isUnacknowledged(table, ports)) return true;
  }
  return false;
}
