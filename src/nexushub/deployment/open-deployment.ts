/** Detects this host's NexusHub deployment and opens the first route on which its database answers. */
import {
  ConnectionError,
  isNexushubDumpError,
  type NexushubDumpError,
  UsageError,
} from "../../errors.ts";
import type { ConnectionSource } from "../../pg/connect.ts";
import { decideDeployment, decideKey } from "./decide.ts";
import type { Deployment, DetectedKey, Route } from "./deployment.ts";
import { gatherFacts } from "./gather.ts";
import { nothingDetected } from "./nothing-detected.ts";
import type { DeploymentOptions } from "./options.ts";
import { type OpenRoute, openRoute } from "./route.ts";

/** A deployment whose database answers. */
export interface OpenDeployment extends Pick<
  Deployment,
  "shape" | "composeFile" | "why" | "notes" | "wgEndpoint"
> {
  /** For `dump` and `restore`. Holds the password. */
  readonly connection: ConnectionSource;
  /** The kind of route that worked. */
  readonly route: Route["kind"];
  readonly key: DetectedKey | null;
  /** Closes what was opened to reach the database. */
  close(): Promise<void>;
}

/** Identifies the deployment, for advice to the operator. */
export type DetectedDeployment = Pick<OpenDeployment, "shape" | "composeFile">;

interface FailedRoute {
  readonly route: Route;
  readonly error: NexushubDumpError;
}

/**
 * Detects the deployment and checks that its database answers.
 * @throws UsageError only when no deployment is detected (the hint lists what was checked); ConnectionError when one is
 *   detected and stopped, or none of its routes works.
 */
export async function openDeployment(options: DeploymentOptions = {}): Promise<OpenDeployment> {
  return firstThatAnswers(await decided(options), options);
}

/**
 * As `openDeployment`, but without trying a database that the operator named: there is no other way to choose, and a
 * connection takes a twelfth of the time of a small dump.
 * @throws what `openDeployment` throws, and for a named database UsageError when its name makes no sense.
 */
export async function openNamedOrDetected(options: DeploymentOptions): Promise<OpenDeployment> {
  const deployment = await decided(options);
  const { shape, routes, why } = deployment;
  if (shape !== "url" && shape !== "environment") return firstThatAnswers(deployment, options);
  const opened = await openRoute(routes[0]!);
  const { attemptsOf } = await import("../../pg/attempts.ts");
  try {
    attemptsOf(opened.connection, options.env ?? process.env);
  } catch (error) {
    throw isNexushubDumpError(error) ? withReasons(error, why, options) : error;
  }
  return reachedBy(deployment, routes[0]!, opened, []);
}

/** An error about the connection to a deployment's database, with why that one was chosen, unless the caller chose it. */
export function withReasons(
  error: NexushubDumpError,
  why: readonly string[],
  { databaseUrl }: Pick<DeploymentOptions, "databaseUrl">,
): NexushubDumpError {
  const { message, object } = error;
  const reasons = databaseUrl === undefined ? why : [];
  const hints = [...(error.hint === undefined ? [] : [error.hint]), ...reasons];
  const hint = hints.length === 0 ? undefined : hints.join("; ");
  const facts = { hint, object, cause: error };
  return error.code === "USAGE"
    ? new UsageError(message, facts)
    : new ConnectionError(message, { ...facts, isRefusal: isRefusal(error) });
}

async function decided(options: DeploymentOptions): Promise<Deployment> {
  const deployment = decideDeployment(await gatherFacts(options));
  if (deployment.shape === null) throw nothingDetected(deployment);
  return deployment;
}

async function firstThatAnswers(
  deployment: Deployment,
  options: DeploymentOptions,
): Promise<OpenDeployment> {
  const failures: FailedRoute[] = [];
  for (const route of deployment.routes) {
    try {
      return await tryRoute(deployment, route, failures, options);
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
      failures.push({ route, error });
    }
  }
  throw noRouteWorks(deployment, failures, options);
}

async function tryRoute(
  deployment: Deployment,
  route: Route,
  failures: readonly FailedRoute[],
  { env, signal }: DeploymentOptions,
): Promise<OpenDeployment> {
  const opened = await openRoute(route);
  try {
    const { connect } = await import("../../pg/connect.ts");
    const session = await connect(opened.connection, { env, signal });
    await session.connection.close();
    return reachedBy(deployment, route, opened, failures);
  } catch (error) {
    const problem = opened.problem();
    await opened.close();
    // The driver only saw its stream end; the route knows why.
    throw problem === null ? error : new ConnectionError(problem, { cause: error });
  }
}

function reachedBy(
  { shape, composeFile, why, notes, key, wgEndpoint }: Deployment,
  route: Route,
  opened: OpenRoute,
  failures: readonly FailedRoute[],
): OpenDeployment {
  const reached = route.kind === "connection-string" ? [] : [`reaches it by ${route.name}`];
  return {
    shape,
    composeFile,
    connection: opened.connection,
    route: route.kind,
    why: [...why, ...failures.map(describeFailure), ...reached],
    notes,
    key,
    wgEndpoint,
    close: () => opened.close(),
  };
}

function describeFailure({ route, error }: FailedRoute): string {
  return `${route.name}: ${error.message}`;
}

/** With a single route, its own error says it best; with several, the error lists them all. */
function noRouteWorks(
  deployment: Deployment,
  failures: readonly FailedRoute[],
  options: DeploymentOptions,
): NexushubDumpError {
  const [first] = failures;
  if (first !== undefined && failures.length === 1)
    return withReasons(first.error, deployment.why, options);
  return new ConnectionError(
    `cannot reach the deployment's database: ${failures.map(describeFailure).join("; ")}`,
    {
      hint: deployment.why.join("; "),
      cause: first?.error,
      isRefusal: failures.every(({ error }) => isRefusal(error)),
    },
  );
}

function isRefusal(error: NexushubDumpError): boolean {
  return (error as Partial<ConnectionError>).isRefusal ?? false;
}

/**
 * Detects the sealing key without using a database: in the environment, in the named file, in this host's deployment.
 * @throws UsageError only when the named file cannot be read.
 */
export async function findKey(
  options: DeploymentOptions = {},
): Promise<Pick<Deployment, "key" | "wgEndpoint">> {
  return decideKey(await gatherFacts(options, true));
}

/** Detects this host's deployment without connecting to its database; null when there is none. */
export async function findDeployment(
  options: DeploymentOptions = {},
): Promise<DetectedDeployment | null> {
  const deployment = decideDeployment(await gatherFacts(options));
  if (deployment.shape === null) return null;
  return { shape: deployment.shape, composeFile: deployment.composeFile };
}
