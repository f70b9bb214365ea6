/**
 * NexusHub on a real Docker engine: found, backed up, restored and drilled by each way into a container. Skipped with a
 * loud word where there is no engine and none can be started; setup.sh says what is missing.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PostgreSqlContainer } from "@testcontainers/postgresql";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { diff } from "../../src/diff/diff.ts";
import { backup } from "../../src/nexushub/backup/backup.ts";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { LEDGER_NAME } from "../../src/nexushub/backup-folder/ledger.ts";
import { openDeployment } from "../../src/nexushub/deployment/open-deployment.ts";
import { restore } from "../../src/restore/restore.ts";
import { runCli, startCli } from "../support/cli.ts";
import { openHost } from "../support/host.ts";
import { operationsBlocks } from "../support/operations.ts";
import { argumentsBelow } from "../support/processes.ts";
import {
  bringDownEngine,
  bringUpEngine,
  docker,
  IMAGE,
  PASSWORD,
  type Stack,
  startStack,
} from "./engine.ts";

// Stacks come up and go down, and an engine that was just started is slow.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const why = await bringUpEngine();
const SKIPPED = why === null ? "" : ` (SKIPPED: ${why})`;

/** Compose as this machine has it: the plugin of version 2, or version 1. */
const COMPOSE =
  spawnSync("docker", ["compose", "version"]).status === 0 ? "docker compose" : "docker-compose";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nhd-docker-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const archives = async () =>
  (await readdir(folder)).filter((name) => name !== LEDGER_NAME).toSorted();

afterAll(() => (why === null ? bringDownEngine() : undefined));

describe.skipIf(why !== null)(`a compose stack without a published port${SKIPPED}`, () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack("bridge");
    await load(stack);
  });
  afterAll(() => stack.remove());

  test("is backed up by the container's address, verified, and restored into", async () => {
    const made = await runCli(["backup", folder, "--compose-file", stack.composeFile]);
    expect(made.code, made.stderr).toBe(0);
    expect(made.stderr).toContain("its service postgres runs as container");
    expect(made.stderr).toMatch(/reaches it by container address [\d.]+:5432/);
    expect(made.stderr).toContain("the sealing key on this host opens the sampled sealed values");
    expect(made.stdout + made.stderr).not.toContain(PASSWORD);
    const [name] = await archives();
    const path = join(folder, name!);

    const restored = await restoredOver(stack, path);
    expect(restored.stderr).toMatch(/database "nexushub" on [\d.]+:5432 .*will be overwritten/);
    expect(restored.stderr).toContain(`docker compose -f ${stack.composeFile} restart api`);
    expect(await holds(stack, path)).toBe(true);
  });

  test("takes the commands of docs/operations.md as they stand, from nothing to a green drill", async () => {
    const host = await openHost();
    const hasAge = spawnSync("age-keygen", ["--version"]).error === undefined;
    const blocks = operationsBlocks().filter(
      ({ note }) => ["", "compose"].includes(note) || (note === "needs age" && hasAge),
    );
    const said = { stdout: "", stderr: "" };
    const paste = async (text: string, cwd = stack.root) => {
      const pasted = await host.paste(text, { cwd });
      expect(pasted.code, `${text}\n${pasted.stdout}\n${pasted.stderr}`).toBe(0);
      said.stdout += pasted.stdout;
      said.stderr += pasted.stderr;
    };
    try {
      for (const { text } of blocks)
        await paste(
          text.replaceAll("/opt/nexushub", stack.root).replaceAll("docker compose", COMPOSE),
        );
      expect(said.stderr).toContain("runs as container");
      expect(said.stderr).toContain(
        "uses the key of PEER_KEY_ENCRYPTION_KEY in the container of service api",
      );
      const drills = said.stdout.match(/^the drill (?:passed|failed).*$/gim) ?? [];
      expect(drills.length).toBeGreaterThan(0);
      expect(new Set(drills)).toEqual(new Set(["The drill passed: 11 probes."]));
      // What the timer starts finds the stack from anywhere.
      const unit = host.outside("/etc/systemd/system/nexushub-backup.service");
      await paste(/^ExecStart=(.*)$/m.exec(await readFile(unit, "utf8"))![1]!, "/");
    } finally {
      await host.close();
    }
  });

  test("gives nothing away when it refuses the container's password, and is reached from within", async () => {
    const change = (password: string) =>
      inStack(stack, async (client) => {
        await client.query(`ALTER ROLE nexushub PASSWORD '${password}'`);
      });
    await change("another");
    const compose = ["--compose-file", stack.composeFile];
    const refused = await Promise.all([
      runCli(["backup", folder, ...compose, "--debug", "--json"]),
      runCli(["doctor", folder, ...compose, "--log-format", "json"]),
    ]);
    // The container itself lets its own users in.
    const again = ["psql", "-U", "nexushub", "-c", `ALTER ROLE nexushub PASSWORD '${PASSWORD}'`];
    await docker("exec", await stack.postgres(), ...again);
    expect(refused[0].code, refused[0].stderr).toBe(0);
    for (const { stdout, stderr } of refused) {
      expect(stdout + stderr).toContain("password authentication failed");
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), TEST_KEY.toString("base64")])
        expect(stdout + stderr).not.toContain(secret);
    }
  });

  test("whose container stops in the middle: a clear error, the old backups untouched", async () => {
    const old = await backup({ folder, composeFile: stack.composeFile, env: {} });
    const before = [await archives(), await readFile(old.path)];
    const { code, stderr, stdout } = await stoppedAtWork(stack);
    expect(code, stderr).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/error: .*(connection|terminat|shut)/i);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^error: BACKUP FAILED/);
    expect([await archives(), await readFile(old.path)]).toEqual(before);

    const stopped = await runCli(["backup", folder, "--compose-file", stack.composeFile]);
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain("NexusHub's database container is not running: it is exited");
    await stack.start();
    const again = await runCli(["backup", folder, "--compose-file", stack.composeFile]);
    expect(again.code, again.stderr).toBe(0);
  });
});

describe.skipIf(why !== null)(`a stack whose network this host cannot reach${SKIPPED}`, () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack("no-network");
    await load(stack);
  });
  afterAll(() => stack.remove());

  test("is backed up and restored through docker exec", async () => {
    const { path, deployment } = await backup({
      folder,
      composeFile: stack.composeFile,
      env: {},
      // Several connections at once, each over its own exec.
      jobs: 3,
    });
    expect(deployment.route).toBe("exec");
    expect(deployment.why.join()).toContain("byte stream over docker exec");
    await restoredOver(stack, path);
    expect(await holds(stack, path)).toBe(true);
    expect(await argumentsWhile(["backup", folder, "--compose-file", stack.composeFile])).toContain(
      "docker\0exec",
    );
    // An exec that ends badly makes PostgreSQL, process 1 of its container, restart the database.
    expect(await docker("logs", await stack.postgres())).not.toContain("terminated by signal");
  });

  test("ends when the container stops in the middle, with nothing left", async () => {
    const { code, stderr } = await stoppedAtWork(stack);
    expect(code, stderr).toBe(1);
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^error: BACKUP FAILED/);
    expect(await archives()).toEqual([]);
    await stack.start();
  });
});

describe.skipIf(why !== null)(`a published port${SKIPPED}`, () => {
  test("is taken before every other way", async () => {
    const stack = await startStack("published");
    try {
      const found = await openDeployment({ composeFile: stack.composeFile, env: {} });
      expect(found.route).toBe("published-port");
      expect(found.key?.value).toBe(TEST_KEY.toString("base64"));
      await found.close();
    } finally {
      await stack.remove();
    }
  });
});

describe.skipIf(why !== null)(`a container of testcontainers${SKIPPED}`, () => {
  test("takes a dump of the library, and gives the same back", async () => {
    await using container = await new PostgreSqlContainer(IMAGE)
      .withDatabase("app")
      .withUsername("app")
      .withPassword(PASSWORD)
      .start();
    const source = {
      host: container.getHost(),
      port: container.getPort(),
      user: "app",
      password: PASSWORD,
      database: "app",
    };
    const client = new Client(source);
    await client.connect();
    await client.query("CREATE DATABASE copy");
    await client.end();
    await loadNexusHubDemoData(source, { auditRows: 500 });
    const path = join(folder, "app.tar.gz");
    const made = await dump(source, path);
    const restored = await restore(path, { ...source, database: "copy" });
    expect(restored.rows).toBe(made.rows);
    expect((await diff(path, { database: { ...source, database: "copy" } })).equal).toBe(true);
  });
});

/** Runs something on a connection to a stack's database, by whatever way it is reached. */
async function inStack<T>(stack: Stack, use: (client: Client) => Promise<T>): Promise<T> {
  const found = await openDeployment({ composeFile: stack.composeFile, env: {} });
  const client = new Client(found.connection as string);
  client.on("error", () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
    await found.close();
  }
}

async function load(stack: Stack): Promise<void> {
  const found = await openDeployment({ composeFile: stack.composeFile, env: {} });
  await loadNexusHubDemoData(found.connection, { auditRows: 3000, now: new Date() });
  await found.close();
}

/** Loses a table's rows, and brings the archive back over what is left. */
async function restoredOver(stack: Stack, path: string) {
  await inStack(stack, async (client) => {
    await client.query("TRUNCATE public.users CASCADE");
  });
  const force = ["restore", path, "--force", "--yes", "--compose-file", stack.composeFile];
  const restored = await runCli(force);
  expect(restored.code, restored.stderr).toBe(0);
  return restored;
}

async function holds(stack: Stack, path: string): Promise<boolean> {
  const found = await openDeployment({ composeFile: stack.composeFile, env: {} });
  try {
    return (await diff(path, { database: found.connection })).equal;
  } finally {
    await found.close();
  }
}

/** What could be seen in a list of processes while the program ran; no secret is there. */
async function argumentsWhile(args: readonly string[]): Promise<string> {
  const { process: child, finished } = startCli(args);
  let seen = "";
  while (child.exitCode === null && child.signalCode === null) {
    seen += await argumentsBelow(child.pid!);
    await sleep(20);
  }
  expect((await finished).code).toBe(0);
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), TEST_KEY.toString("base64")])
    expect(seen).not.toContain(secret);
  return seen;
}

/** A backup whose dump waits for a lock while its container is stopped. */
function stoppedAtWork(stack: Stack) {
  return inStack(stack, async (blocker) => {
    await blocker.query("BEGIN; LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE");
    const metrics = join(folder, "..", `${basename(folder)}.prom`);
    const args = ["backup", folder, "--compose-file", stack.composeFile];
    const { finished } = startCli([...args, "--metrics-file", metrics]);
    for (let waiting = 0; waiting === 0; await sleep(50))
      waiting = (await blocker.query("SELECT FROM pg_locks WHERE NOT granted")).rows.length;
    await docker("stop", "--time", "5", await stack.postgres());
    const result = await finished;
    const text = await readFile(metrics, "utf8");
    await rm(metrics);
    expect(text).toContain("nexushub_backup_last_run_success 0\n");
    expect(text).toContain("nexushub_backup_failures_total 1\n");
    return result;
  });
}
