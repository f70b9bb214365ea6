/** Reads the facts from which a deployment is chosen: the environment, files, and the container engine. */
import { readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { UsageError } from "../../errors.ts";
import { decideDeployment } from "./decide.ts";
import {
  API_SERVICE,
  COMPOSE_FILE,
  type ComposeFacts,
  type DeploymentFacts,
  ENV_FILE,
  type FileFacts,
  INSTALL_ROOT,
  POSTGRES_SERVICE,
} from "./facts.ts";
import type { DeploymentOptions } from "./options.ts";
import { pathText } from "../../util/path-text.ts";

/**
 * Gathers the facts that the decision needs. The engine is only asked when no source before it applies.
 * @param complete gather everything, even when an earlier source applies.
 * @throws UsageError only when options contradict each other or the named env file cannot be read.
 */
export async function gatherFacts(
  options: DeploymentOptions,
  complete = false,
): Promise<DeploymentFacts> {
  refuseContradictions(options);
  const { databaseUrl, envFile, composeFile, env = process.env } = options;
  const cwd = pathText(options.cwd ?? process.cwd());
  const base = { databaseUrl: databaseUrl?.toString(), env, compose: [] };
  if (envFile !== undefined)
    return {
      ...base,
      only: "env-file",
      envFile: await readNamedFile(resolve(cwd, pathText(envFile))),
    };
  const notRead: FileFacts = { path: ENV_FILE, text: null, problem: "not read" };
  if (composeFile !== undefined) {
    const compose = [await gatherCompose(resolve(cwd, pathText(composeFile)))];
    return { ...base, only: "compose", compose, envFile: notRead };
  }
  const early = { ...base, envFile: notRead };
  if (!complete && decideDeployment(early).shape !== null) return early;
  const compose: ComposeFacts[] = [];
  for (const path of new Set([join(cwd, COMPOSE_FILE), join(INSTALL_ROOT, COMPOSE_FILE)]))
    compose.push(await gatherCompose(path));
  return { ...base, compose, envFile: await readText(ENV_FILE) };
}

function refuseContradictions({ databaseUrl, envFile, composeFile }: DeploymentOptions): void {
  if (envFile !== undefined && composeFile !== undefined)
    throw new UsageError("--env-file and --compose-file exclude each other");
  if (databaseUrl !== undefined && composeFile !== undefined)
    throw new UsageError("--database-url and --compose-file exclude each other");
}

async function gatherCompose(path: string): Promise<ComposeFacts> {
  const exists = await stat(path).then(
    (stats) => stats.isFile(),
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

async function readNamedFile(path: string): Promise<FileFacts> {
  const file = await readText(path);
  if (file.text !== null) return file;
  throw new UsageError(`cannot read the env file: ${file.problem ?? "it does not exist"}`, {
    object: file.path,
    hint: "its mode is 0600 and root owns it: run as root, or let systemd read it with EnvironmentFile=",
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EACCES: "permission denied",
  EISDIR: "a folder, not a file",
};

async function readText(path: string): Promise<FileFacts> {
  try {
    return { path, text: await readFile(path, "utf8"), problem: null };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    return { path, text: null, problem: REASONS[code] ?? code };
  }
}
