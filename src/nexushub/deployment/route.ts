/** Opens a route to a deployment's database: a connection string as it is, an address, or a relay over `docker exec`. */
import type { ConnectionSource } from "../../pg/connect.ts";
import type { Route } from "./deployment.ts";

/** An address of a container that this host cannot reach drops packets: do not wait for TCP to give up. */
const CONNECT_TIMEOUT_MS = 5000;

export interface OpenRoute {
  readonly connection: ConnectionSource;
  /** Why the route itself failed; null when it did not. */
  problem(): string | null;
  close(): Promise<void>;
}

export async function openRoute(route: Route): Promise<OpenRoute> {
  const direct = { problem: () => null, close: async () => undefined };
  if (route.kind === "connection-string") return { connection: route.source, ...direct };
  // The stack's own network has no TLS, and the login is complete: libpq's files do not apply.
  const login = { ...route.login, ssl: false, connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
  if (route.kind !== "exec")
    return { connection: { ...login, host: route.host, port: route.port }, ...direct };
  const { openRelay } = await import("./relay.ts");
  const relay = await openRelay(route.container, route.port);
  return {
    connection: { ...login, host: relay.host, port: relay.port },
    problem: () => relay.problem(),
    close: () => relay.close(),
  };
}
