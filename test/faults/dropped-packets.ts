/**
 * A server behind a network that drops every packet on demand: a network namespace for the server, and one for a
 * router between it and us. Needs root and iproute2.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { Address } from "../support/proxies.ts";

export interface LostNetwork {
  /** Where the server is reached. */
  readonly address: Address;
  /** From now on, nothing arrives on either side, and neither side learns of it. */
  drop(): void;
  /** Packets arrive again. */
  mend(): void;
  remove(): Promise<void>;
}

const ip = (...args: string[]): void => void execFileSync("ip", args, { stdio: "pipe" });

/** Why there can be no such network here; undefined when there can. */
export function whyNoNetwork(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "it needs root on Linux";
  const name = `nhd-${process.pid}-try`;
  try {
    ip("netns", "add", name);
    ip("netns", "del", name);
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

/** Passes connections on to a Unix socket, which is the same in every network namespace. */
const RELAY = `const net = require("node:net"); const socket = process.argv[1];
  net.createServer((front) => { const back = net.connect(socket);
    for (const each of [front, back]) each.on("error", () => undefined).on("close", () => { front.destroy(); back.destroy(); });
    front.pipe(back).pipe(front); }).listen(5432, "0.0.0.0", () => console.log("ready"));`;

/** @param socket of the server, a Unix socket's path. */
export async function lostNetwork(socket: string): Promise<LostNetwork> {
  const id = process.pid.toString(36);
  const [router, server] = [`nhd-${id}-r`, `nhd-${id}-s`];
  // Of the range for benchmarks (RFC 2544), which nothing routes.
  const net = `198.18.${process.pid % 256}`;
  ip("netns", "add", router);
  ip("netns", "add", server);
  ip("link", "add", `v${id}a`, "type", "veth", "peer", "name", `v${id}b`, "netns", router);
  ip(
    "-n",
    router,
    "link",
    "add",
    `v${id}c`,
    "type",
    "veth",
    "peer",
    "name",
    `v${id}d`,
    "netns",
    server,
  );
  ip("addr", "add", `${net}.1/30`, "dev", `v${id}a`);
  ip("-n", router, "addr", "add", `${net}.2/30`, "dev", `v${id}b`);
  ip("-n", router, "addr", "add", `${net}.5/30`, "dev", `v${id}c`);
  ip("-n", server, "addr", "add", `${net}.6/30`, "dev", `v${id}d`);
  ip("link", "set", `v${id}a`, "up");
  for (const device of [`v${id}b`, `v${id}c`]) ip("-n", router, "link", "set", device, "up");
  ip("-n", server, "link", "set", `v${id}d`, "up");
  ip("-n", server, "route", "add", "default", "via", `${net}.5`);
  ip("route", "add", `${net}.4/30`, "via", `${net}.2`);
  const forwarding = (value: 0 | 1): void =>
    ip("netns", "exec", router, "sh", "-c", `echo ${value} > /proc/sys/net/ipv4/ip_forward`);
  forwarding(1);
  const relay: ChildProcess = spawn(
    "ip",
    ["netns", "exec", server, process.execPath, "-e", RELAY, socket],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(relay.stdout!, "data");
  return {
    address: { host: `${net}.6`, port: 5432 },
    drop: () => forwarding(0),
    mend: () => forwarding(1),
    async remove() {
      relay.kill("SIGKILL");
      await once(relay, "exit");
      // Their devices go with them.
      for (const name of [router, server]) ip("netns", "del", name);
    },
  };
}
