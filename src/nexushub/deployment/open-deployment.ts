/**
 * Looks around on this host, lets deployment.ts decide, and opens the way to the database that works. The only file of
 * the detection that touches files, the engine and the network.
 */
import { readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  ConnectionError,
  isNexushubDumpError,
  type NexushubDumpError,
  UsageError,
} from "../../errors.ts";
import type { ConnectionSource } from "../../pg/connect.ts";
import {
  API_SERVICE,
  COMPOSE_FILE,
  type ComposeFacts,
  decideDeployment,
  decideKey,
  type Deployment,
  type DeploymentFacts,
  type DeploymentShape,
  ENV_FILE,
  type FileFacts,
  type DetectedKey,
  INSTALL_ROOT,
  POSTGRES_SERVICE,
  type Route,
} from "./decide.ts";

export interface DeploymentOptions {
  /** A connection string; nothing is detected then, but the key. */
  readonly databaseUrl?: string | undefined;
  /** Read instead of `/etc/nexushub/env`, and compose is not considered. */
  readonly envFile?: string | undefined;
  /** Considered alone, instead of those in the current folder and in `/opt/nexushub`. */
  readonly composeFile?: string | undefined;
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Where relative paths begin; default: the current folder. */
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A deployment whose database answers. */
export interface OpenDeployment {
  readonly shape: DeploymentShape;
  /** The compose file whose stack was taken; null for every other shape. */
  readonly composeFile: string | null;
  /** For `dump` and `restore`; holds the password. */
  readonly connection: ConnectionSource;
  /** Which way worked: `published-port`, `container-address`, `exec` or `connection-string`. */
  readonly route: Route["kind"];
  /** What was found and why, sentence by sentence; no secrets. */
  readonly why: readonly string[];
  /** What people should know about the files that were read. */
  readonly notes: readonly string[];
  readonly key: DetectedKey | null;
  readonly wgEndpoint: string | null;
  /** Ends what was opened to reach the database. */
  close(): Promise<void>;
}

/** Which of the host's deployments it is, for advice to the operator. */
export type DetectedDeployment = Pick<OpenDeployment, "shape" | "composeFile">;

/** Addresses of containers that this host cannot reach swallow packets rather than refuse: do not wait for TCP to tire. */
const CONNECT_TIMEOUT_MS = 5000;

/**
 * Detects the deployment and makes sure that its database answers.
 * @throws UsageError only when nothing fits (the hint lists what was looked for); ConnectionError when a deployment was
 *   found and no way to its database works.
 */
export async function openDeployment(options: DeploymentOptions = {}): Promise<OpenDeployment> {
  const found = decideDeployment(await gatherFacts(options));
  if (found.shape === null) {
    throw new UsageError("no NexusHub database was found on this host", {
      hint: `looked for: ${found.looked.join("; ")}. Pass --database-url, --env-file or --compose-file`,
    });
  }
  const failures: { route: Route; error: NexushubDumpError }[] = [];
  for (const route of found.routes) {
    try {
      return await tryRoute(found, route, failures, options);
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
      failures.push({ route, error });
    }
  }
  throw noRoute(found, failures);
}

async function tryRoute(
  { shape, composeFile, why, notes, key, wgEndpoint }: Deployment,
  route: Route,
  failures: readonly { route: Route; error: NexushubDumpError }[],
  { env, signal }: DeploymentOptions,
): Promise<OpenDeployment> {
  const way = await openRoute(route);
  try {
    const { connect } = await import("../../pg/connect.ts");
    const session = await connect(way.connection, { env, signal });
    await session.connection.close();
    const tried = failures.map(({ route: { name }, error }) => `${name}: ${error.message}`);
    const reached = route.kind === "connection-string" ? [] : [`reaches it by ${route.name}`];
    return {
      shape,
      composeFile,
      connection: way.connection,
      route: route.kind,
      why: [...why, ...tried, ...reached],
      notes,
      key,
      wgEndpoint,
      close: () => way.close(),
    };
  } catch (error) {
    const said = way.problem();
    await way.close();
    // The driver only sees that its stream ended.
    throw said === null ? error : new ConnectionError(said, { cause: error });
  }
}

interface OpenRoute {
  readonly connection: ConnectionSource;
  /** What the way itself has to say of a failure. */
  problem(): string | null;
  close(): Promise<void>;
}

async function openRoute(route: Route): Promise<OpenRoute> {
  const nothing = { problem: () => null, close: async () => undefined };
  if (route.kind === "connection-string") return { connection: route.source, ...nothing };
  // The stack's own network carries no TLS, and the login comes with it: none of libpq's files apply.
  const login = { ...route.login, ssl: false, connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
  if (route.kind !== "exec")
    return { connection: { ...login, host: route.host, port: route.port }, ...nothing };
  const { openRelay } = await import("./relay.ts");
  const relay = await openRelay(route.container, route.port);
  return {
    connection: { ...login, host: relay.host, port: relay.port },
    problem: () => relay.problem(),
    close: () => relay.close(),
  };
}

/** With one way its own error says it best; with several each is told. */
function noRoute(
  found: Deployment,
  failures: readonly { route: Route; error: NexushubDumpError }[],
): NexushubDumpError {
  const [first] = failures;
  const only = failures.length === 1 ? first?.error : undefined;
  const tried = failures.map(({ route, error }) => `${route.name}: ${error.message}`).join("; ");
  return new ConnectionError(
    only?.message ?? `the database of the deployment cannot be reached: ${tried}`,
    {
      hint: [...(only?.hint === undefined ? [] : [only.hint]), ...found.why].join("; "),
      object: only?.object,
      cause: first?.error,
    },
  );
}

/**
 * Looks for the key without a database: in the environment, in the file named, in the deployment of this host.
 * @throws UsageError only when the file named cannot be read.
 */
export async function findKey(
  options: DeploymentOptions = {},
): Promise<Pick<Deployment, "key" | "wgEndpoint">> {
  return decideKey(await gatherFacts(options, true));
}

/** Which deployment this host has, its database unasked; null for none. */
export async function findDeployment(
  options: DeploymentOptions = {},
): Promise<DetectedDeployment | null> {
  const found = decideDeployment(await gatherFacts(options));
  return found.shape === null ? null : found;
}

/** Reads what the decision needs: the engine is asked only when nothing before it fits, or `everything` is wanted. */
async function gatherFacts(
  options: DeploymentOptions,
  everything = false,
): Promise<DeploymentFacts> {
  const { databaseUrl, envFile, composeFile, env = process.env, cwd = process.cwd() } = options;
  if (envFile !== undefined && composeFile !== undefined)
    throw new UsageError("--env-file and --compose-file exclude each other");
  if (databaseUrl !== undefined && composeFile !== undefined)
    throw new UsageError("--database-url and --compose-file exclude each other");
  const base = { databaseUrl, env, compose: [] };
  if (envFile !== undefined) {
    const file = await readText(resolve(cwd, envFile));
    if (file.text === null) {
      throw new UsageError(`cannot read the env file: ${file.problem ?? "not there"}`, {
        object: file.path,
        hint: "its mode is 0600 for root: run as root, or let systemd read it with EnvironmentFile=",
      });
    }
    return { ...base, only: "env-file", envFile: file };
  }
  const notRead: FileFacts = { path: ENV_FILE, text: null, problem: "not looked at" };
  const early = decideDeployment({ ...base, envFile: notRead });
  if (composeFile === undefined && early.shape !== null && !everything)
    return { ...base, envFile: notRead };
  const paths =
    composeFile === undefined
      ? [join(cwd, COMPOSE_FILE), join(INSTALL_ROOT, COMPOSE_FILE)]
      : [resolve(cwd, composeFile)];
  const compose: ComposeFacts[] = [];
  for (const path of new Set(paths)) compose.push(await composeFacts(path));
  if (composeFile !== undefined) return { ...base, only: "compose", compose, envFile: notRead };
  return { ...base, compose, envFile: await readText(ENV_FILE) };
}

async function composeFacts(path: string): Promise<ComposeFacts> {
  const exists = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!exists) return { path, exists, container: null, problem: null, apiEnv: null, envFile: null };
  const { findContainer } = await import("./engine.ts");
  const real = await realpath(path);
  const { container, problem } = await findContainer(real, POSTGRES_SERVICE);
  const api = container === null ? null : (await findContainer(real, API_SERVICE)).container;
  const envFile = await readText(join(dirname(real), ".env"));
  return { path, exists, container, problem, apiEnv: api?.env ?? null, envFile };
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "not there",
  EACCES: "permission denied",
  EISDIR: "a folder, not a file",
};

async function readText(path: string): Promise<FileFacts> {
  try {
    return { path, text: await readFile(path, "utf8"), problem: null };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    return { path, text: null, problem: WORDS[code] ?? code };
  }
}
