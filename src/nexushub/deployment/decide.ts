/**
 * Which NexusHub deployment this host has and how its database is reached: facts in, decision with its reasons out.
 * Reads nothing and connects to nothing (open-deployment.ts does); no text made here holds a password or the key.
 */
import { parseEnvFile } from "./env-file.ts";
import { KEY_VARIABLE } from "../keys/sealed-value.ts";

export const ENV_FILE = "/etc/nexushub/env";
/** Where the compose file lies under an install root. */
export const COMPOSE_FILE = "docker/docker-compose.prod.yml";
/** The install root of NexusHub's documentation; the current folder is looked at before it. */
export const INSTALL_ROOT = "/opt/nexushub";
/** The services of the compose file that matter here. */
export const POSTGRES_SERVICE = "postgres";
export const API_SERVICE = "api";

/** A file that was looked for. */
export interface FileFacts {
  readonly path: string;
  /** Its text; null when it is not there or cannot be read. */
  readonly text: string | null;
  /** Why not, in words; null when it was read. */
  readonly problem: string | null;
}

/** What the engine tells of a container. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  /** Docker's word: running, exited, restarting, paused … */
  readonly status: string;
  readonly env: Readonly<Record<string, string>>;
  /** Its addresses on the engine's networks. */
  readonly addresses: readonly string[];
  /** Where PostgreSQL's port is published on this host. */
  readonly published: readonly { readonly host: string; readonly port: number }[];
}

/** A compose file that was looked for, and what the engine says of its `postgres` service. */
export interface ComposeFacts {
  readonly path: string;
  readonly exists: boolean;
  /** The container of the service; null when there is none or the engine could not be asked. */
  readonly container: ContainerFacts | null;
  /** Why there is no container, in words. */
  readonly problem: string | null;
  /** The environment of the stack's API, where it has a container; its key is the one in use. */
  readonly apiEnv: Readonly<Record<string, string>> | null;
  /** `.env` beside the compose file; secrets of the stack are there. */
  readonly envFile: FileFacts | null;
}

export interface DeploymentFacts {
  /** The connection string that the caller gave. */
  readonly databaseUrl?: string | undefined;
  /** The process's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Set when the caller named a file: nothing else is considered then. */
  readonly only?: "compose" | "env-file" | undefined;
  readonly compose: readonly ComposeFacts[];
  readonly envFile: FileFacts;
}

export type DeploymentShape = "url" | "environment" | "compose" | "bare-metal";

/** A login, its parts not yet put into a connection string. */
export interface Login {
  readonly user: string;
  readonly database: string;
  readonly password: string | undefined;
}

/** One way to the database, to be tried in order. */
export type Route =
  /** A libpq connection string; empty: the PG* variables and libpq's files alone. */
  | { readonly kind: "connection-string"; readonly source: string; readonly name: string }
  | {
      readonly kind: "published-port" | "container-address";
      readonly host: string;
      readonly port: number;
      readonly login: Login;
      readonly name: string;
    }
  /** A byte stream over `docker exec`. */
  | {
      readonly kind: "exec";
      readonly container: string;
      readonly port: number;
      readonly login: Login;
      readonly name: string;
    };

/** The sealing key as it was found, not yet checked. */
export interface DetectedKey {
  readonly value: string;
  /** Where, for people. */
  readonly from: string;
}

export interface Deployment {
  readonly shape: DeploymentShape;
  /** The compose file whose stack was taken; null for every other shape. */
  readonly composeFile: string | null;
  readonly routes: readonly Route[];
  /** What was found and why it was taken, sentence by sentence. */
  readonly why: readonly string[];
  /** What people should know about the files that were read. */
  readonly notes: readonly string[];
  readonly key: DetectedKey | null;
  /** `host:port` that peers are told, from WG_ENDPOINT. */
  readonly wgEndpoint: string | null;
}

/** Nothing fits: what was looked for and what was seen there. */
export interface NoDeployment {
  readonly shape: null;
  readonly looked: readonly string[];
}

/** Decides. The order: the caller's URL, DATABASE_URL, the PG* variables, a running compose stack, the env file. */
export function decideDeployment(facts: DeploymentFacts): Deployment | NoDeployment {
  const looked: string[] = [];
  const candidates =
    facts.only === "compose"
      ? [fromCompose]
      : facts.only === "env-file"
        ? [fromUrl, fromEnvFile]
        : [fromUrl, fromEnvironment, fromCompose, fromEnvFile];
  for (const candidate of candidates) {
    const found = candidate(facts, looked);
    if (found !== null) return found;
  }
  return { shape: null, looked };
}

type Candidate = (facts: DeploymentFacts, looked: string[]) => Deployment | null;

const fromUrl: Candidate = (facts, looked) => {
  const given = facts.databaseUrl;
  // A named env file is where the caller wants DATABASE_URL to be read.
  const source = given ?? (facts.only === "env-file" ? undefined : facts.env["DATABASE_URL"]);
  if (source === undefined || source === "") {
    if (facts.only === undefined) looked.push("DATABASE_URL in the environment: not set");
    return null;
  }
  const name =
    given === undefined ? "DATABASE_URL in the environment" : "the connection string given";
  // A file that the caller named gives the key, though the connection comes from elsewhere.
  const file = facts.only === "env-file" ? readEnv(facts.envFile) : null;
  return {
    shape: "url",
    composeFile: null,
    routes: [{ kind: "connection-string", source, name }],
    why: [`uses ${name}`],
    notes: file?.notes ?? [],
    key: keyFrom(facts, file),
    wgEndpoint: endpointFrom(facts, file),
  };
};

/** Any of these says where a database is; PGUSER or PGPASSWORD alone do not. */
const PG_VARIABLES = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"];

const fromEnvironment: Candidate = (facts, looked) => {
  const set = PG_VARIABLES.filter((name) => (facts.env[name] ?? "") !== "");
  if (set.length === 0) {
    looked.push(`${PG_VARIABLES.join(", ")} in the environment: not set`);
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

const fromCompose: Candidate = (facts, looked) => {
  for (const compose of facts.compose) {
    const { container } = compose;
    if (container === null || container.status !== "running") {
      looked.push(`${compose.path}: ${composeProblem(compose)}`);
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
        `takes database and login from the container's environment`,
      ],
      notes: file?.notes ?? [],
      key: keyFrom(facts, api ?? file),
      wgEndpoint: endpointFrom(facts, api ?? file),
    };
  }
  return null;
};

function apiAsFile(env: Readonly<Record<string, string>>): ReadEnv {
  return {
    path: `the container of service ${API_SERVICE}`,
    values: new Map(Object.entries(env)),
    notes: [],
  };
}

function composeProblem({ exists, container, problem }: ComposeFacts): string {
  if (!exists) return "not there";
  if (container === null) return problem ?? `its service ${POSTGRES_SERVICE} has no container`;
  return `its service ${POSTGRES_SERVICE} is ${container.status}, not running`;
}

/** The ways into a container, the fastest first (the official image's variables: hub.docker.com/_/postgres). */
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
    ...container.published.map(({ host, port: at }) => ({
      kind: "published-port" as const,
      host,
      port: at,
      login,
      name: `published port ${host}:${at}`,
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

/** Where the server in a container listens: the image's server reads PGPORT as any other. */
export function postgresPort(env: Readonly<Record<string, string>>): number {
  const port = Number(env["PGPORT"] || "5432");
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : 5432;
}

const fromEnvFile: Candidate = (facts, looked) => {
  const file = readEnv(facts.envFile);
  if (file === null) {
    looked.push(`${facts.envFile.path}: ${facts.envFile.problem ?? "not there"}`);
    return null;
  }
  const source = file.values.get("DATABASE_URL");
  if (source === undefined || source === "") {
    looked.push(`${file.path}: holds no DATABASE_URL`);
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
 * The key and WG_ENDPOINT alone, wherever this host has them: a drill needs no database of NexusHub's. The same order as
 * above; a file that holds the key need hold nothing else.
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

interface ReadEnv {
  readonly path: string;
  readonly values: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

function readEnv(file: FileFacts, dialect?: "systemd" | "compose"): ReadEnv | null {
  if (file.text === null) return null;
  const { values, notes } = parseEnvFile(file.text, dialect);
  return { path: file.path, values, notes: notes.map((note) => `${file.path}: ${note}`) };
}

/** The environment before the file: it is what the operator set for this run. */
function keyFrom(facts: DeploymentFacts, file: ReadEnv | null): DetectedKey | null {
  const own = facts.env[KEY_VARIABLE];
  if (own !== undefined && own !== "")
    return { value: own, from: `${KEY_VARIABLE} in the environment` };
  const value = file?.values.get(KEY_VARIABLE);
  if (file === null || value === undefined || value === "") return null;
  return { value, from: `${KEY_VARIABLE} in ${file.path}` };
}

function endpointFrom(facts: DeploymentFacts, file: ReadEnv | null): string | null {
  return facts.env["WG_ENDPOINT"] || file?.values.get("WG_ENDPOINT") || null;
}
