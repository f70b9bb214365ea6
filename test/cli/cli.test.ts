/** The command line as a process: streams, exit codes, signals, and that secrets stay inside. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openArchive } from "../../src/archive/reader.ts";
import { ownPackage } from "../../src/util/package.ts";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { cliArguments, runCli, startCli } from "../support/cli.ts";
import { freshDatabase, type TestDatabase, withDatabase } from "../support/postgres.ts";

let source: TestDatabase;
let folder: string;
let archive: string;

beforeAll(async () => {
  source = await freshDatabase();
  await loadNexusHubDemoData(source.url, { auditRows: 300 });
  folder = await mkdtemp(join(tmpdir(), "nexushub-dump-cli-"));
  archive = join(folder, "source.tar.gz");
  const { code, stdout, stderr } = await runCli(["dump", "-d", source.url, "-o", archive]);
  expect([code, stdout], stderr).toEqual([0, expect.stringMatching(/rows in 17 relations/)]);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await source.drop();
});

test("--version answers on standard output", async () => {
  expect(await runCli(["--version"])).toMatchObject({
    code: 0,
    stdout: `${ownPackage().version}\n`,
    stderr: "",
  });
});

test.each(["dump", "restore", "inspect", "verify", "demo"])(
  "%s --help shows examples",
  async (command) => {
    const { code, stdout } = await runCli([command, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`$ nexushub-dump ${command}`);
  },
);

test.each([
  ["an unknown command", ["frobnicate"]],
  ["an unknown option", ["dump", "--frobnicate"]],
  ["a missing output", ["dump", "-d", "postgresql:///x"]],
  ["a number that is none", ["dump", "-o", "x", "-j", "many"]],
  ["a mask without a colon", ["dump", "-o", "x", "--mask", "users.email"]],
  ["a folder beside databases", ["list", "/tmp", "--databases"]],
  ["retention of backups beside databases", ["prune", "--databases", "--keep", "1"]],
  ["copied backups beside databases", ["prune", "--databases", "--adopt"]],
  [
    "no database at all",
    [
      "dump",
      "-o",
      "x",
      "--env-file",
      "/nonexistent/env",
      "--compose-file",
      "/nonexistent/compose.yml",
    ],
  ],
])("%s is wrong usage: exit code 2 and no stack", async (_name, args) => {
  const { code, stdout, stderr } = await runCli(args);
  expect(code, stderr).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain("error:");
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("--database-properties dumps what belongs to the database itself", async () => {
  const archive = join(folder, "properties.tar.gz");
  const kinds = async (...flags: string[]): Promise<string[]> => {
    const args = ["dump", "-q", "--schema-only", "-d", source.url, "-o", archive, ...flags];
    expect(await runCli(args)).toMatchObject({ code: 0 });
    const { stdout } = await runCli(["restore", archive, "--list", "--json"]);
    return (JSON.parse(stdout) as { objects: { kind: string }[] }).objects.map(({ kind }) => kind);
  };
  await source.query(`ALTER DATABASE ${source.name} CONNECTION LIMIT 50`);
  expect(await kinds()).not.toContain("database");
  expect(await kinds("--database-properties")).toContain("database");
});

test("inspect gives the same facts as text, JSON and SQL", async () => {
  const text = await runCli(["inspect", archive]);
  expect(text.stdout).toMatch(/public\.audit_log +300 /);
  const json = JSON.parse((await runCli(["inspect", archive, "--json"])).stdout) as {
    relations: { name: string; rows: number }[];
  };
  expect(json.relations.find(({ name }) => name === "audit_log")?.rows).toBe(300);
  const sql = await runCli(["inspect", archive, "--sql"]);
  expect(sql.stdout).toContain("CREATE TABLE public.audit_log (");
});

test("restore --list names what would be restored, in order", async () => {
  const { stdout } = await runCli(["restore", archive, "--list", "--table", "users"]);
  const lines = stdout.trim().split("\n");
  expect(lines).toContain("rows public.users (120)");
  expect(lines.indexOf("table public users")).toBeLessThan(
    lines.indexOf("rows public.users (120)"),
  );
  expect(stdout).not.toContain("audit_log");
});

test("a result that standard output did not take is a failure with a message", async () => {
  await using full = await open("/dev/full", "w");
  for (const args of [
    ["--version"],
    ["inspect", archive],
    ["inspect", archive, "--json"],
    ["restore", archive, "--list"],
    ["dump", "-q", "-d", source.url, "-o", "-"],
  ]) {
    const child = spawn(process.execPath, cliArguments(args), {
      stdio: ["ignore", full.fd, "pipe"],
    });
    const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, "close")]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: cannot write to standard output: the disk is full\n/),
    ]);
  }
});

test("a reader that ends early is a failure of a dump, and none of a result", async () => {
  const untilClosed = async (...args: string[]) => {
    const child = spawn(process.execPath, cliArguments(args), {
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    return Promise.all([text(child.stderr), once(child, "close").then(([code]) => code as number)]);
  };
  expect(await untilClosed("dump", "-q", "-d", source.url, "-o", "-")).toEqual([
    "error: cannot write to standard output: the reader closed the stream\n",
    1,
  ]);
  expect(await untilClosed("inspect", archive)).toEqual(["", 0]);
});

test("an archive goes through a pipe from dump to restore", async () => {
  await withDatabase(async (target) => {
    const dumping = spawn(
      process.execPath,
      cliArguments(["dump", "-q", "-d", source.url, "-o", "-"]),
    );
    const restoring = spawn(
      process.execPath,
      cliArguments(["restore", "-", "-d", target.url, "--json"]),
    );
    let printed = "";
    restoring.stdout.on("data", (chunk: Buffer) => (printed += String(chunk)));
    dumping.stdout.pipe(restoring.stdin);
    const [[dumped], [restored]] = await Promise.all([
      once(dumping, "close"),
      once(restoring, "close"),
    ]);
    expect([dumped, restored]).toEqual([0, 0]);
    expect(JSON.parse(printed)).toMatchObject({ committed: true });
    expect(await target.query("SELECT count(*)::int AS n FROM audit_log")).toEqual([{ n: 300 }]);
  });
});

test("a target that holds something is refused with exit code 3, and --dry-run changes nothing", async () => {
  await withDatabase(async (target) => {
    await target.query("CREATE TABLE kept (v int); INSERT INTO kept VALUES (1)");
    const refused = await runCli(["restore", archive, "-d", target.url]);
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining("kept")]);
    const dry = await runCli(["restore", archive, "-d", target.url, "--force", "--dry-run"]);
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining("nothing was changed")]);
    expect(await target.query("SELECT v FROM kept")).toEqual([{ v: 1 }]);
  });
});

test("a damaged archive is exit code 4 in verify and in restore, which changes nothing", async () => {
  const bytes = await readFile(archive);
  const at = Math.trunc(bytes.length / 3);
  bytes[at] = bytes[at]! ^ 1;
  const damaged = join(folder, "damaged.tar.gz");
  await writeFile(damaged, bytes);
  const verified = await runCli(["verify", damaged]);
  expect([verified.code, verified.stderr]).toEqual([4, expect.stringContaining("data/")]);
  await withDatabase(async (target) => {
    const restored = await runCli(["restore", damaged, "-d", target.url]);
    expect([restored.code, restored.stderr]).toEqual([4, expect.stringContaining("data/")]);
    expect(await target.query("SELECT FROM pg_class WHERE relname = 'users'")).toEqual([]);
  });
});

test("of a damaged archive inspect shows the manifest, one table still comes back, and tar gets what precedes", async () => {
  // The last relation with rows is damaged, the one before it is not.
  const contents = (await runCli(["inspect", archive, "--json"])).stdout;
  const { relations } = JSON.parse(contents) as { relations: { name: string; rows: number }[] };
  const [before, last] = relations.filter(({ rows }) => rows > 0).slice(-2);
  const bytes = await readFile(archive);
  const names = spawnSync("tar", ["tzf", archive], { encoding: "utf8" }).stdout.split("\n");
  const reader = await openArchive(archive);
  const { parts } = reader.manifest.relations.find(({ name }) => name === last!.name)!;
  const { offset, length } = reader.manifest.entries[parts[0]!.entry]!;
  await reader.close();
  bytes[offset + length - 12]! ^= 1;
  const damaged = join(folder, "damaged-end.tar.gz");
  await writeFile(damaged, bytes);

  expect((await runCli(["inspect", damaged])).code).toBe(0);
  expect((await runCli(["verify", damaged])).code).toBe(4);
  await withDatabase(async ({ url, ...target }) => {
    const one = await runCli(["restore", damaged, "-d", url, "--table", before!.name]);
    expect(one.code, one.stderr).toBe(0);
    const rows = await target.query(`SELECT FROM ${before!.name}`);
    expect(rows).toHaveLength(before!.rows);
    const both = await runCli(["restore", damaged, "-d", url, "--force", "-t", last!.name]);
    expect(both.code).toBe(4);
  });
  const extracted = spawnSync("tar", ["tzf", damaged], { encoding: "utf8" });
  expect(extracted.status).not.toBe(0);
  const found = extracted.stdout.split("\n").filter(Boolean);
  expect(found.length).toBeGreaterThan(3);
  expect(found.length).toBeLessThan(names.length - 1);
  expect(found).not.toContain("manifest.json");
});

test("--quiet leaves the result, warnings and errors", async () => {
  const { code, stdout, stderr } = await runCli(["verify", archive, "--quiet"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^intact: /);
  const failed = await runCli(["verify", join(folder, "none.tar.gz"), "--quiet"]);
  expect([failed.code, failed.stdout]).toEqual([4, ""]);
  expect(failed.stderr).toMatch(/^error: /);
});

test("a database that does not answer has the reason why it was chosen, unless that was said", async () => {
  const url = "postgresql://x@127.0.0.1:1/x";
  const hint = "  hint: check that the server runs, and check host and port";
  for (const command of [
    ["dump", "-o", join(folder, "x.tar.gz")],
    ["backup", join(folder, "b")],
  ]) {
    const given = await runCli([...command, "-d", url]);
    expect(given.stderr).toContain(`${hint}\n`);
    const found = await runCli(command, { DATABASE_URL: url });
    expect(found.stderr).toContain(`${hint}; uses DATABASE_URL in the environment\n`);
  }
});

test("JSON logs are one object a line, and errors too", async () => {
  const { code, stdout, stderr } = await runCli([
    "verify",
    join(folder, "none.tar.gz"),
    "--json",
    "--log-format",
    "json",
  ]);
  expect(code).toBe(4);
  const logged = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { level: string; code?: string });
  expect(logged.at(-1)).toMatchObject({ level: "error", code: "ARCHIVE_DAMAGED" });
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "ARCHIVE_DAMAGED" } });
});

test("a password never appears, whether the connection fails or is named", async () => {
  const url = "postgresql://someone:hunter2secret@127.0.0.1:1/nowhere";
  for (const args of [[], ["--debug"], ["--json"], ["--log-format", "json"]]) {
    const { code, stdout, stderr } = await runCli([
      "dump",
      "-d",
      url,
      "-o",
      join(folder, "x.tar.gz"),
      ...args,
    ]);
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain("hunter2");
    expect(stdout + stderr).toContain("127.0.0.1");
  }
});

test.each(
  ["restore", "inspect", "verify", "drill", "list", "report", "merge", "convert"].flatMap((words) =>
    [
      "postgresql://someone:hunter2secret@127.0.0.1:1/x",
      "host=127.0.0.1;password=hunter2secret",
    ].map((text) => [words, text] as const),
  ),
)("%s does not repeat a connection string in the place of its operand: %s", async (words, text) => {
  const { code, stdout, stderr } = await runCli([...words.split(" "), text]);
  expect([code, stdout + stderr]).toEqual([2, expect.not.stringContaining("hunter2")]);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s cancels the running COPY, leaves no file, and is exit code 130",
  async (signal) => {
    const place = await mkdtemp(join(folder, "interrupted-"));
    const slow = "audit_log: pg_sleep(0.2) IS NOT NULL";
    const { process: child, finished } = startCli([
      "dump",
      "-d",
      source.url,
      "-o",
      join(place, "out.tar.gz"),
      "--where",
      slow,
      "--log-format",
      "json",
    ]);
    await new Promise<void>((resolve) => {
      child.stderr!.on("data", (chunk: Buffer) => {
        if (String(chunk).includes('"phase":"data"')) resolve();
      });
    });
    child.kill(signal);
    const { code } = await finished;
    expect(code).toBe(130);
    expect(await readdir(place)).toEqual([]);
    const running = "SELECT query FROM pg_stat_activity WHERE datname = $1 AND query LIKE 'COPY%'";
    expect((await source.server.admin(running, [source.name])).rows).toEqual([]);
  },
);
