/** The examples of fixtures and streaming, run as they stand against the built package (`pretest`). */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dump } from "../src/dump/dump.ts";
import { loadNexusHubFixture } from "../src/nexushub/fixture/index.ts";
import { verify } from "../src/verify/verify.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "./support/postgres.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const run = promisify(execFile);
const example = (name: string): string =>
  fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

const folder = temporaryFolder();
const archive = join(folder.path, "a.tar.gz");
let source: TestDatabase;

beforeAll(async () => {
  source = await freshDatabase();
  await loadNexusHubFixture(source.url, { auditRows: 20_000 });
  await dump(source.url, archive);
});
afterAll(async () => {
  await source.drop();
  folder.remove();
});

describe("an HTTP server that streams backups", () => {
  let server: ChildProcess;
  let base: string;
  const lines: string[] = [];

  beforeAll(async () => {
    server = spawn(process.execPath, [example("stream-a-backup.mjs")], {
      env: { ...process.env, DATABASE_URL: source.url, PORT: "0" },
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

  it("gives an archive that is whole", async () => {
    const response = await fetch(`${base}/backup`);
    const path = join(folder.path, "streamed.tar.gz");
    writeFileSync(path, Buffer.from(await response.arrayBuffer()));
    expect((await verify(path)).rows).toBeGreaterThan(20_000);
  });

  it("stops on the server when the client leaves", async () => {
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

  it("tells its progress as server-sent events", async () => {
    const text = await (await fetch(`${base}/backup/events`)).text();
    const events = text
      .trim()
      .split("\n\n")
      .map((event) => {
        const [, type, data] = /^event: (.*)\ndata: (.*)$/.exec(event)!;
        return { ...(JSON.parse(data!) as object), type };
      });
    expect(events[0]).toMatchObject({ type: "phase", phase: "connect" });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "relation",
        relation: expect.stringContaining("public.audit_log") as string,
        rows: 20_000,
      }),
    );
    expect(events.at(-1)).toMatchObject({ type: "done" });
  });
});

it("node:test gives each test a database of its own", async () => {
  const { stdout } = await run(process.execPath, [example("fixture.node-test.mjs")], {
    env: { ...process.env, NODE_TEST_CONTEXT: "", DATABASE_URL: source.url, ARCHIVE: archive },
  });
  expect(stdout).toMatch(/pass 2/);
  expect(
    await source.query("SELECT datname FROM pg_database WHERE datname ~ '^nhdt_[0-9a-f]{16}_c_'"),
  ).toEqual([]);
});

it("a script brings one table back", async () => {
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
