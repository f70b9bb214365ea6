/** The facts from which a deployment is chosen, as plain data: gather.ts reads them from the host, decide.ts judges them. */

export const ENV_FILE = "/etc/nexushub/env";
/** Path of the compose file below an install root. */
export const COMPOSE_FILE = "docker/docker-compose.prod.yml";
/** The install root in NexusHub's documentation; the current folder takes precedence. */
export const INSTALL_ROOT = "/opt/nexushub";
/** Services of the compose file. */
export const POSTGRES_SERVICE = "postgres";
export const API_SERVICE = "api";

/** A file that may exist. */
export interface FileFacts {
  readonly path: string;
  /** Its text; null when it does not exist or cannot be read. */
  readonly text: string | null;
  /** Why it could not be read; null when it was. */
  readonly problem: string | null;
}

/** A container, as the engine describes it. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  /** Docker's state: running, exited, restarting, paused … */
  readonly status: string;
  readonly env: Readonly<Record<string, string>>;
  /** Its addresses on the engine's networks. */
  readonly addresses: readonly string[];
  /** Where PostgreSQL's port is published on this host. */
  readonly published: readonly { readonly host: string; readonly port: number }[];
}

/** A compose file that may exist, and what the engine says about its services. */
export interface ComposeFacts {
  readonly path: string;
  readonly exists: boolean;
  /** The container of the `postgres` service; null when it has none or the engine did not answer. */
  readonly container: ContainerFacts | null;
  /** Why there is no container. */
  readonly problem: string | null;
  /** The environment of the API's container, where there is one: its key is the one in use. */
  readonly apiEnv: Readonly<Record<string, string>> | null;
  /** The `.env` file beside the compose file, which holds the secrets of the stack. */
  readonly envFile: FileFacts | null;
}

/** What was read of the host, before anything is decided. */
export interface DeploymentFacts {
  /** The connection string that the caller passed. */
  readonly databaseUrl?: string | undefined;
  /** The environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Set when the caller named a file: only deployments of that shape are considered. */
  readonly only?: "compose" | "env-file" | undefined;
  readonly compose: readonly ComposeFacts[];
  readonly envFile: FileFacts;
}

/** The port on which the server in a container listens; the image's server reads PGPORT like any other. */
export function postgresPort(env: Readonly<Record<string, string>>): number {
  const port = Number(env["PGPORT"] || "5432");
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : 5432;
}
