/**
 * Chooses the NexusHub deployment of this host and the ways to reach its database. Pure: facts in, decision and reasons
 * out; gather.ts reads the host. No text produced here contains a password or the key.
 */
import { KEY_VARIABLE } from "../keys/sealing-key.ts";
import type { Deployment, DetectedKey, NoDeployment, Route } from "./deployment.ts";
import { parseEnvFile } from "./env-file.ts";
import {
  API_SERVICE,
  type ComposeFacts,
  type ContainerFacts,
  type DeploymentFacts,
  type FileFacts,
  POSTGRES_SERVICE,
  postgresPort,
} from "./facts.ts";

/**
 * Chooses a deployment. Order of precedence: the caller's connection string, DATABASE_URL, the PG* variables, a running
 * compose stack, the env file.
 */
export function decideDeployment(facts: DeploymentFacts): Deployment | NoDeployment {
  const checked: string[] = [];
  for (const detect of detectors(facts)) {
    const deployment = detect(facts, checked);
    if (deployment !== null) return deployment;
  }
  return { shape: null, checked, stopped: stoppedStack(facts) };
}

/** The compose stack whose database has a container that does not run: most likely what the operator meant. */
function stoppedStack({ compose }: DeploymentFacts): NoDeployment["stopped"] {
  const stack = compose.find(({ container }) => container !== null);
  return stack === undefined ? null : { composeFile: stack.path, status: stack.container!.status };
}

/** Returns the deployment of one shape, or null after adding the reason to `checked`. */
type Detector = (facts: DeploymentFacts, checked: string[]) => Deployment | null;

function detectors({ only }: DeploymentFacts): readonly Detector[] {
  if (only === "compose") return [fromCompose];
  if (only === "env-file") return [fromUrl, fromEnvFile];
  return [fromUrl, fromEnvironment, fromCompose, fromEnvFile];
}

const fromUrl: Detector = (facts, checked) => {
  // When the caller names an env file, DATABASE_URL is read from that file instead of the environment.
  const fromProcess = facts.only === "env-file" ? undefined : facts.env["DATABASE_URL"];
  const source = facts.databaseUrl ?? fromProcess;
  if (source === undefined || source === "") {
    if (facts.only === undefined) checked.push("DATABASE_URL in the environment: not set");
    return null;
  }
  const name =
    facts.databaseUrl === undefined
      ? "DATABASE_URL in the environment"
      : "the connection string given";
  // An env file named by the caller provides the key even when the connection comes from elsewhere.
  const file = facts.only === "env-file" ? readEnv(facts.envFile) : null;
  return {
    shape: "url",
    composeFile: null,
    routes: [{ kind: "connection-string", source, name }],
    // What the caller gave needs no reason.
    why: facts.databaseUrl === undefined ? [`uses ${name}`] : [],
    notes: file?.notes ?? [],
    key: keyFrom(facts, file),
    wgEndpoint: endpointFrom(facts, file),
  };
};

/** Variables that locate a database; PGUSER and PGPASSWORD alone do not. */
const PG_VARIABLES = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"];

const fromEnvironment: Detector = (facts, checked) => {
  const set = PG_VARIABLES.filter((name) => (facts.env[name] ?? "") !== "");
  if (set.length === 0) {
    checked.push(`${PG_VARIABLES.join(", ")} in the environment: not set`);
    return null;
  }
  const name = `${set.join(" and ")} in the environment`;
  return {
    shape: "environment",
    composeFile: null,
    routes: [{ kind: "connection-string", source: "", name }],
    why: [`uses ${name}`],
    notes: [],
    key: keyFrom(facts, null),
    wgEndpoint: endpointFrom(facts, null),
  };
};

const fromCompose: Detector = (facts, checked) => {
  for (const compose of facts.compose) {
    const { container } = compose;
    if (container === null || container.status !== "running") {
      checked.push(`${compose.path}: ${composeProblem(compose)}`);
      continue;
    }
    const file = compose.envFile === null ? null : readEnv(compose.envFile, "compose");
    const api = compose.apiEnv?.[KEY_VARIABLE] ? apiAsFile(compose.apiEnv) : null;
    return {
      shape: "compose",
      composeFile: compose.path,
      routes: containerRoutes(container),
      why: [
        `${compose.path}: its service ${POSTGRES_SERVICE} runs as container ${container.name}`,
        "takes database and login from the container's environment",
      ],
      notes: file?.notes ?? [],
      key: keyFrom(facts, api ?? file),
      wgEndpoint: endpointFrom(facts, api ?? file),
    };
  }
  return null;
};

function apiAsFile(env: Readonly<Record<string, string>>): ParsedEnv {
  return {
    path: `the container of service ${API_SERVICE}`,
    values: new Map(Object.entries(env)),
    notes: [],
  };
}

function composeProblem({ exists, container, problem }: ComposeFacts): string {
  if (!exists) return "does not exist";
  if (container === null) return problem ?? `its service ${POSTGRES_SERVICE} has no container`;
  return `its service ${POSTGRES_SERVICE} is ${container.status}, not running`;
}

/** Routes into a container, fastest first. The variables are those of the official image (hub.docker.com/_/postgres). */
function containerRoutes(container: ContainerFacts): Route[] {
  const { env } = container;
  const user = env["POSTGRES_USER"] || "postgres";
  const login = {
    user,
    database: env["POSTGRES_DB"] || user,
    password: env["POSTGRES_PASSWORD"] || undefined,
  };
  const port = postgresPort(env);
  return [
    ...container.published.map(({ host, port: hostPort }) => ({
      kind: "published-port" as const,
      host,
      port: hostPort,
      login,
      name: `published port ${host}:${hostPort}`,
    })),
    ...container.addresses.map((host) => ({
      kind: "container-address" as const,
      host,
      port,
      login,
      name: `container address ${host}:${port}`,
    })),
    {
      kind: "exec",
      container: container.id,
      port,
      login,
      name: `byte stream over docker exec ${container.name}`,
    },
  ];
}

const fromEnvFile: Detector = (facts, checked) => {
  const file = readEnv(facts.envFile);
  if (file === null) {
    checked.push(`${facts.envFile.path}: ${facts.envFile.problem ?? "does not exist"}`);
    return null;
  }
  const source = file.values.get("DATABASE_URL");
  if (source === undefined || source === "") {
    checked.push(`${file.path}: does not set DATABASE_URL`);
    return null;
  }
  const name = `DATABASE_URL in ${file.path}`;
  return {
    shape: "bare-metal",
    composeFile: null,
    routes: [{ kind: "connection-string", source, name }],
    why: [`uses ${name}`],
    notes: file.notes,
    key: keyFrom(facts, file),
    wgEndpoint: endpointFrom(facts, file),
  };
};

/**
 * Chooses the key and WG_ENDPOINT only: a drill needs no NexusHub database. Same precedence as `decideDeployment`, except
 * that a file counts as soon as it holds the key.
 */
export function decideKey(facts: DeploymentFacts): Pick<Deployment, "key" | "wgEndpoint"> {
  const files = [
    ...facts.compose.flatMap(({ apiEnv, envFile }) => [
      apiEnv === null ? null : apiAsFile(apiEnv),
      envFile === null ? null : readEnv(envFile, "compose"),
    ]),
    readEnv(facts.envFile),
  ];
  const file = files.find((each) => each?.values.get(KEY_VARIABLE)) ?? null;
  return { key: keyFrom(facts, file), wgEndpoint: endpointFrom(facts, file) };
}

interface ParsedEnv {
  readonly path: string;
  readonly values: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

function readEnv(file: FileFacts, dialect?: "systemd" | "compose"): ParsedEnv | null {
  if (file.text === null) return null;
  const { values, notes } = parseEnvFile(file.text, dialect);
  return { path: file.path, values, notes: notes.map((text) => `${file.path}: ${text}`) };
}

/** The environment takes precedence over the file: the operator set it for this run. */
function keyFrom(facts: DeploymentFacts, file: ParsedEnv | null): DetectedKey | null {
  const fromProcess = facts.env[KEY_VARIABLE];
  if (fromProcess) return { value: fromProcess, from: `${KEY_VARIABLE} in the environment` };
  const value = file?.values.get(KEY_VARIABLE);
  return file !== null && value ? { value, from: `${KEY_VARIABLE} in ${file.path}` } : null;
}

function endpointFrom(facts: DeploymentFacts, file: ParsedEnv | null): string | null {
  return facts.env["WG_ENDPOINT"] || file?.values.get("WG_ENDPOINT") || null;
}
