/** The servers that a connection names, in the order to try them (PostgreSQL docs, 34.1.1.3). */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../errors.ts";
import type { ConnParams } from "../../sql/conninfo/parse.ts";

/** One server to try. */
export interface Endpoint {
  /** A host name, an address, or the folder of a Unix socket. */
  readonly host: string;
  /** Where to connect instead of looking `host` up; `host` then only names the server for TLS and the passfile. */
  readonly address: string | undefined;
  readonly port: number;
}

/** Where libpq's builds look for sockets: Debian's folder, then PostgreSQL's own. */
export const SOCKET_FOLDERS = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

function defaultHost(port: number): string {
  return (
    SOCKET_FOLDERS.find((folder) => existsSync(join(folder, `.s.PGSQL.${port}`))) ?? "localhost"
  );
}

/** @throws UsageError only when hosts, addresses and ports do not go together. */
export function endpointsOf(params: ConnParams): Endpoint[] {
  const split = (value: string | undefined) => (value === undefined ? [] : value.split(","));
  const [hosts, addresses, ports] = [
    split(params.host),
    split(params.hostaddr),
    split(params.port),
  ];
  const count = Math.max(hosts.length, addresses.length, 1);
  if (
    (ports.length > 1 && ports.length !== count) ||
    (hosts.length > 0 && addresses.length > 0 && hosts.length !== addresses.length)
  ) {
    throw new UsageError(
      "the connection names a different number of hosts and of ports or addresses",
    );
  }
  const all = Array.from({ length: count }, (_, i) => {
    const port = portOf((ports.length === 1 ? ports[0] : ports[i]) || "5432");
    const address = addresses[i] || undefined;
    return { host: hosts[i] || address || defaultHost(port), address, port };
  });
  const balance = params.load_balance_hosts || "disable";
  if (balance === "disable") return all;
  if (balance === "random") return shuffled(all);
  throw new UsageError(`unknown load_balance_hosts ${JSON.stringify(balance)}`, {
    hint: "one of disable, random",
  });
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65535)
    throw new UsageError(`${JSON.stringify(text)} is not a port number`);
  return port;
}

function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** Whether the endpoint is a Unix socket's folder. */
export function isSocket(endpoint: Endpoint): boolean {
  return endpoint.address === undefined && /^[/@]/.test(endpoint.host);
}
