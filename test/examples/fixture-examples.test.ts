/** The examples of fixtures and streaming, run as they stand against the built package (`pretest`). */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { verify } from "../../src/verify/verify.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "../support/postgres.ts";
import { outsideVitest } from "../support/processes.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const run = promisify(execFile);
const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

/** Arguments of Node that run the example's tests. */
const vitest = [
  fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url)),
  "run",
  "--config",
  example("vitest/vitest.config.mjs"),
];

/** A job of a workflow, as far as it is run here. */
interface Job {
  readonly env?: Record<string, string>;
  readonly steps: readonly { readonly run?: string; readonly env?: Record<string, string> }[];
}

const folder = temporaryFolder();
const archive = join(folder.path, "a.tar.gz");
let source: TestDatabase;

beforeAll(async () => {
  source = await freshDatabase();
  await loadNexusHubDemoData(source.url, { auditRows: 20_000 });
  // The runners' tests change rows: few of them are as good as many.
  await dump(source.url, archive, {
    sample: { audit_log: "newest 500", connection_logs: "newest 100" },
  });
});
afterAll(async () => {
  await source.drop();
  folder.remove();
});

describe("an API on Fastify that streams backups", () => {
  let server: ChildProcess;
  let base: string;
  const lines: string[] = [];

  beforeAll(async () => {
    server = spawn(process.execPath, [example("fastify-backup.mjs")], {
      env: { ...process.env, DATABASE_URL: source.url, BACKUP_FOLDER: folder.path, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const output = createInterface(server.stdout!);
    output.on("line", (line) => lines.push(line));
    await once(output, "line");
    base = `http://127.0.0.1:${lines[0]!.split(" ").at(-1)!}`;
  });
  afterAll(async () => {
    server.kill("SIGTERM");
    await once(server, "exit");
  });

  test("gives an archive that is whole", async () => {
    const response = await fetch(`${base}/backup`);
    const path = join(folder.path, "streamed.tar.gz");
    writeFileSync(path, Buffer.from(await response.arrayBuffer()));
    expect((await verify(path)).rows).toBeGreaterThan(20_000);
  });

  test("stops on the server when the client leaves", async () => {
    await new Promise<void>((resolve, reject) => {
      const request = get(`${base}/backup`, (response) => {
        response.once("data", () => request.destroy());
        response.on("close", resolve);
        response.on("error", () => undefined);
      });
      request.on(
        "error",
        (error: NodeJS.ErrnoException) => error.code === "ECONNRESET" || reject(error),
      );
    });
    await expect.poll(() => lines.at(-1), { timeout: 20_000 }).toBe("ended: ABORTED");
    const sessions = () =>
      source.query(
        "SELECT FROM pg_stat_activity WHERE application_name = 'nexushub-dump' AND datname = current_database()",
      );
    await expect.poll(sessions, { timeout: 10_000 }).toEqual([]);
  });

  test("tells its progress as server-sent events", async () => {
    const text = await (await fetch(`${base}/backup/events`)).text();
    const events = text
      .trim()
      .split("\n\n")
      .map((event) => {
        const [, type, data] = /^event: (.*)\ndata: (.*)$/.exec(event)!;
        return { ...(JSON.parse(data!) as Record<string, unknown>), type };
      });
    expect(events[0]).toMatchObject({ type: "phase", phase: "connect" });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "relation",
        relation: expect.stringContaining("public.audit_log") as string,
        rows: 20_000,
      }),
    );
    const done = events.at(-1) as { type: string; name: string };
    expect(done).toMatchObject({
      type: "done",
      name: expect.stringMatching(/^backup-\d{8}T/) as string,
    });
    expect((await verify(join(folder.path, done.name))).rows).toBeGreaterThan(20_000);
  });

  test("answers with an error as long as nothing was sent, and without the address of the database", async () => {
    const broken = spawn(process.execPath, [example("fastify-backup.mjs")], {
      env: { ...process.env, DATABASE_URL: "postgresql://u:secret@127.0.0.1:1/none", PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [line] = (await once(createInterface(broken.stdout), "line")) as [string];
      const response = await fetch(`http://127.0.0.1:${line.split(" ").at(-1)!}/backup`);
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain("secret");
    } finally {
      broken.kill("SIGTERM");
      await once(broken, "exit");
    }
  });
});

// Each starts processes that want a core of their own.
describe("test runners", { timeout: 240_000 }, () => {
  const env = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
    ...outsideVitest(),
    ARCHIVE: archive,
    DATABASE_URL: source.url,
    NODE_TEST_CONTEXT: "",
    ...more,
  });

  test("vitest on an embedded server", async () => {
    const { DATABASE_URL: _, ...without } = env({ NO_COLOR: "1" });
    const { stdout } = await run(process.execPath, vitest, { env: without });
    expect(stdout).toMatch(/Tests {2}7 passed/);
  });
});

test("a script brings one table back", async () => {
  await withDatabase(async (target) => {
    const env = { ...process.env, DATABASE_URL: target.url };
    const { stdout } = await run(
      process.execPath,
      [example("restore-one-table.mjs"), archive, "public.schema_migrations"],
      { env },
    );
    expect(stdout).toBe("public.schema_migrations: 1 rows\n");
    const again = run(
      process.execPath,
      [example("restore-one-table.mjs"), archive, "public.schema_migrations"],
      { env },
    );
    await expect(again).rejects.toThrow("is not empty");
    await run(
      process.execPath,
      [example("restore-one-table.mjs"), archive, "public.schema_migrations", "--force"],
      { env },
    );
  });
});

test(
  "the GitHub Actions workflow takes a masked snapshot, verifies it, and runs tests on it",
  { timeout: 240_000 },
  async () => {
    const { jobs } = parse(readFileSync(example("github-actions.yml"), "utf8")) as {
      jobs: Record<string, Job>;
    };
    const bin = join(folder.path, "bin");
    mkdirSync(bin);
    const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
    const artifact = join(folder.path, "snapshot", "fixture.tar.gz");
    // What only GitHub has, and the package manager, which would fetch the package; all else is as it stands.
    for (const [name, text] of [
      ["npx", `shift; exec "${process.execPath}" "${program}" "$@"`],
      ["gh", `case "$2" in list) echo 17 ;; *) [ "$5" = 17 ] && cp "${artifact}" . ;; esac`],
      ["npm", `[ "$1" = ci ] || exec "${process.execPath}" "${vitest.join('" "')}"`],
    ] as const)
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });

    await withDatabase(async (target) => {
      const values: Record<string, string> = {
        "secrets.STAGING_DATABASE_URL": source.url,
        "secrets.MASK_KEY": "a key",
        "github.token": "a token",
      };
      const filled = (settings: Record<string, string> = {}): [string, string][] =>
        Object.entries(settings).map(([name, text]) => [
          name,
          text.replace(/\$\{\{ (\S+) \}\}/, (_, value: string) => values[value]!),
        ]);
      let output = "";
      for (const [name, { env, steps }] of Object.entries(jobs)) {
        const cwd = join(folder.path, name);
        mkdirSync(cwd);
        const service = name === "test" ? { DATABASE_URL: target.url } : {};
        for (const step of steps) {
          if (step.run === undefined) continue;
          const own = Object.fromEntries([...filled(env), ...filled(step.env)]);
          const PATH = `${bin}:${process.env["PATH"]}`;
          // As GitHub's runners call it.
          const { stdout } = await run("bash", ["-e", "-c", step.run], {
            cwd,
            env: { ...outsideVitest(), ...own, ...service, PATH, NO_COLOR: "1" },
          });
          output += stdout;
        }
      }
      expect(output).toMatch(/Tests {2}7 passed/);
      const [row] = await target.query(
        "SELECT (SELECT count(*)::int FROM audit_log) AS audit, (SELECT count(*)::int FROM sessions) AS sessions",
      );
      expect(row).toEqual({ audit: 1000, sessions: 0 });
    });
  },
);
