/** A real Docker engine for the tests, brought up by setup.sh, and NexusHub stacks on it. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { loudly } from "../support/loudly.ts";

const execute = promisify(execFile);
const SETUP = fileURLToPath(new URL("setup.sh", import.meta.url));

/** The image that setup.sh makes. */
export const IMAGE = "nexushub-dump-test/postgres:debian";
/** Odd on purpose: it goes through an env file, the engine and a connection. */
export const PASSWORD = "s3cret/of:the@stack%20";

/**
 * Brings up the engine, and points this process and what it starts at it.
 * @returns why there is none, in one line; null when it answers. What setup.sh says is written to standard error as
 *   well, so that a run without these tests is seen to be one.
 */
export async function bringUpEngine(): Promise<string | null> {
  if (process.env["NEXUSHUB_DUMP_DOCKER"] !== "1")
    return loudly("docker tests skipped: npm run test:docker runs them");
  try {
    const { stdout } = await execute("sh", [SETUP]);
    const host = /^DOCKER_HOST=(.*)$/m.exec(stdout)?.[1] ?? "";
    if (host !== "") process.env["DOCKER_HOST"] = host;
    // testcontainers' own janitor is an image of the Docker Hub; the tests stop what they start.
    process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
    return null;
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    if (code !== 77) throw error;
    return loudly(stderr.trim());
  }
}

/** Ends the engine that `bringUpEngine` started; another one is left alone. */
export async function bringDownEngine(): Promise<void> {
  await execute("sh", [SETUP, "stop"]);
}

export async function docker(...args: string[]): Promise<string> {
  return (await execute("docker", args)).stdout.trim();
}

/** Compose as this machine has it: version 1, or the plugin of version 2. */
async function compose(file: string, ...args: string[]): Promise<void> {
  const words = ["-f", file, ...args];
  try {
    await execute("docker-compose", words);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await execute("docker", ["compose", ...words]);
  }
}

export interface Stack {
  /** The install root. */
  readonly root: string;
  readonly composeFile: string;
  /** Id of the database's container. */
  postgres(): Promise<string>;
  start(): Promise<void>;
  /** Removes containers, volumes, network and folder. */
  remove(): Promise<void>;
}

/**
 * A stack in the shape of NexusHub's: database and API, a named volume, no published port unless asked. The signal is the
 * official image's, which an imported image cannot hold.
 */
export async function startStack(way: "bridge" | "published" | "no-network"): Promise<Stack> {
  const root = await mkdtemp(join(tmpdir(), "nhd-stack-"));
  const composeFile = join(root, "docker", "docker-compose.prod.yml");
  await mkdir(join(root, "docker"));
  await writeFile(composeFile, composeText(way));
  await writeFile(
    join(root, "docker", ".env"),
    // Compose names a project after the folder, which is `docker` for everybody.
    `COMPOSE_PROJECT_NAME=${basename(root).toLowerCase()}\nPOSTGRES_PASSWORD=${PASSWORD}\nPEER_KEY_ENCRYPTION_KEY=${TEST_KEY.toString("base64")}\n`,
    { mode: 0o600 },
  );
  const stack: Stack = {
    root,
    composeFile,
    postgres: () =>
      docker(
        "ps",
        "-aq",
        "--filter=label=com.docker.compose.service=postgres",
        `--filter=label=com.docker.compose.project.working_dir=${join(root, "docker")}`,
      ),
    async start() {
      await compose(composeFile, "up", "-d");
      const id = await stack.postgres();
      const ready = ["exec", id, "pg_isready", "-q", "-h", "127.0.0.1"];
      for (let tries = 0; ; tries++) {
        const isUp = await docker(...ready).then(
          () => true,
          () => false,
        );
        if (isUp) return;
        if (tries === 150) throw new Error(await docker("logs", id));
        await sleep(200);
      }
    },
    async remove() {
      await compose(composeFile, "down", "--volumes", "--timeout", "0");
      await rm(root, { recursive: true, force: true });
    },
  };
  await stack.start();
  return stack;
}

function composeText(way: "bridge" | "published" | "no-network"): string {
  const lines = {
    bridge: "",
    published: '    ports: ["127.0.0.1::5432"]\n',
    "no-network": "    network_mode: none\n",
  };
  return `version: "3.8"
services:
  postgres:
    image: ${IMAGE}
    stop_signal: SIGINT
    environment:
      POSTGRES_USER: nexushub
      POSTGRES_DB: nexushub
      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD:?set it in .env}
    volumes:
      - pgdata:/var/lib/postgresql/data
${lines[way]}  api:
    image: ${IMAGE}
    entrypoint: ["sleep", "infinity"]
    init: true
    environment:
      PEER_KEY_ENCRYPTION_KEY: \${PEER_KEY_ENCRYPTION_KEY}
volumes:
  pgdata:
`;
}
