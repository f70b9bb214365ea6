/**
 * One SIGINT or SIGTERM ends every long command, whatever it is doing or waiting for: soon, with exit code 130, and with
 * nothing left: no file, no lock, no session on the server, no server of its own.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { LEDGER_NAME } from "../../src/nexushub/backup-folder/ledger.ts";
import { LOCK_NAME } from "../../src/store/lock-record.ts";
import { loadNexusHubDemoData } from "../../src/nexushub/demo-data/index.ts";
import { pack } from "../../src/pack/pack.ts";
import { parseConnectionString } from "../../src/sql/conninfo/parse.ts";
import { freshDatabase, type TestDatabase } from "../support/postgres.ts";
import { temporaryFolder, type TemporaryFolder } from "../support/temporary-folder.ts";
import { campaign } from "./campaign.ts";
import { hostileServer, type Moment } from "./hostile-server.ts";
import {
  interrupt,
  SIGNALS,
  start,
  type Started,
  type Surroundings,
  until,
} from "./interrupted-program.ts";

/** Until the server has noticed, and an embedded server is gone. */
const AFTERMATH_MS = 20_000;

const waiting = campaign("signals while waiting", { gate: 1, full: 2, msPerRun: 60_000 });

let base: TemporaryFolder;
let source: TestDatabase;
let target: TestDatabase;
let archive: string;
let packed: string;
let backups: string;

beforeAll(async () => {
  base = temporaryFolder();
  source = await freshDatabase();
  target = await freshDatabase();
  await loadNexusHubDemoData(source.url, { auditRows: 20_000 });
  archive = join(base.path, "archive.tar.gz");
  packed = join(base.path, "packed");
  backups = join(base.path, "backups");
  await dump(source.url, archive);
  await pack(archive, packed);
  mkdirSync(backups, { mode: 0o700 });
  // Only prune needs them, which the quick gate leaves out.
  for (let i = 0; i < 3 && waiting.runs > 1; i++) {
    const { code, stderr } = await start(["backup", backups, "-d", source.url], base.path).finished;
    expect(code, stderr).toBe(0);
    await sleep(1000);
  }
}, 300_000);

afterAll(async () => {
  base.remove();
  await source.drop();
  await target.drop();
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function sessions(): Promise<number> {
  const { rows } = await source.server.admin(
    "SELECT FROM pg_stat_activity WHERE datname IN ($1, $2) AND application_name = 'nexushub-dump'",
    [source.name, target.name],
  );
  return rows.length;
}

async function expectNothingLeft(folder: string, allowed: readonly string[] = []): Promise<void> {
  const end = Date.now() + AFTERMATH_MS;
  while ((await sessions()) > 0 && Date.now() < end) await sleep(50);
  expect(await sessions(), "sessions").toBe(0);
  expect(readdirSync(join(folder, "tmp")), "temporary files").toEqual([]);
  const left = readdirSync(folder, { recursive: true }) as string[];
  expect(left.filter((name) => name.endsWith(".partial") || name.endsWith(LOCK_NAME))).toEqual([]);
  const other = readdirSync(folder).filter((name) => name !== "tmp" && !allowed.includes(name));
  expect(other).toEqual([]);
}

function newFolder(): string {
  const folder = join(base.path, "work");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o711 });
  return folder;
}

/** Accepts connections and says nothing. */
async function silentServer(): Promise<[string, () => boolean]> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return [`postgresql://u@127.0.0.1:${port}/d?sslmode=disable`, () => sockets.length > 0];
}

/** Behaves until a moment, and is silent from then on. */
async function turnsSilent(
  database: TestDatabase,
  moment: Moment,
): Promise<[string, () => boolean]> {
  const { host = "", port, user = "", password = "" } = parseConnectionString(database.url);
  const server = await hostileServer(
    { host, port: Number(port) },
    { moment, act: () => undefined },
  );
  closers.push(() => server.close());
  const url = `postgresql://${user}:${password}@127.0.0.1:${server.port}/${database.name}?sslmode=disable`;
  return [url, () => server.met() > 0];
}

async function lockTable(database: TestDatabase): Promise<() => Promise<boolean>> {
  const blocker = await database.client();
  await blocker.query("BEGIN; LOCK TABLE public.users IN ACCESS EXCLUSIVE MODE");
  closers.push(() => blocker.query("ROLLBACK"));
  return async () => {
    const { rows } = await database.server.admin(
      "SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT granted AND datname = $1",
      [database.name],
    );
    return rows.length > 0;
  };
}

interface Wait {
  readonly args: readonly string[];
  readonly around?: Surroundings;
  /** Whether the moment for the signal has come. */
  readonly reached: (started: Started) => boolean | Promise<boolean>;
}

const out = (folder: string): string => join(folder, "out.tar.gz");
const says = (pattern: RegExp) => (started: Started) => pattern.test(started.stderr());
/** It has read what was written to its standard input, which then neither continues nor ends. */
const hasRead = ({ child }: Started): boolean => child.stdin?.writableLength === 0;

/** Makes every call of this kind take long, and says when one begins. */
function slowFiles(method: string): Record<string, string> {
  const code = `import { open } from "node:fs/promises";
    const handle = await open("/dev/null"); const type = Object.getPrototypeOf(handle); await handle.close();
    const real = type.${method};
    type.${method} = async function (...args) { process.stderr.write("slow ${method}\\n");
      await new Promise((resolve) => setTimeout(resolve, 2000)); return real.apply(this, args); };`;
  return { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(code)}"` };
}

const WAITS: Readonly<Record<string, (folder: string) => Promise<Wait>>> = {};

function wait(name: string, make: (folder: string) => Promise<Wait> | Wait): void {
  (WAITS as Record<string, (folder: string) => Promise<Wait>>)[name] = async (folder) =>
    make(folder);
}

for (const [name, args] of Object.entries({
  dump: (url: string, folder: string) => ["dump", "-d", url, "-o", out(folder)],
  restore: (url: string) => ["restore", archive, "-d", url, "--force", "--yes"],
  backup: (url: string, folder: string) => ["backup", folder, "-d", url],
  diff: (url: string) => ["diff", archive, url],
  verify: (url: string) => ["verify", archive, "--against", url],
  doctor: (url: string, folder: string) => ["doctor", folder, "-d", url],
  drill: (url: string) => ["drill", archive, "--into", url],
})) {
  wait(`${name}, while a silent server is connected to`, async (folder) => {
    const [url, reached] = await silentServer();
    return { args: args(url, folder), reached };
  });
}
for (const moment of ["first", "catalog", "copy", "rows"] as const) {
  wait(`dump, when the server turns silent at: ${moment}`, async (folder) => {
    const [url, reached] = await turnsSilent(source, moment);
    return { args: ["dump", "-d", url, "-o", out(folder)], reached };
  });
}
for (const moment of ["catalog", "copy", "load"] as const) {
  wait(`restore, when the server turns silent at: ${moment}`, async () => {
    const [url, reached] = await turnsSilent(target, moment);
    return { args: ["restore", archive, "-d", url, "--force", "--yes"], reached };
  });
}
wait("backup, when the server turns silent at: copy", async (folder) => {
  const [url, reached] = await turnsSilent(source, "copy");
  return { args: ["backup", folder, "-d", url], reached };
});
for (const [name, args] of Object.entries({
  dump: (folder: string) => ["dump", "-d", source.url, "-o", out(folder)],
  backup: (folder: string) => ["backup", folder, "-d", source.url],
  diff: () => ["diff", archive, source.url],
}))
  wait(`${name}, while it waits for a lock`, async (folder) => {
    const reached = await lockTable(source);
    return { args: args(folder), reached };
  });
wait("restore, while it waits for a lock", async () => {
  await target.query("CREATE TABLE IF NOT EXISTS public.users (id int)");
  const reached = await lockTable(target);
  const args = ["restore", archive, "-d", target.url, "--force", "--yes", "--while-connected"];
  return { args, reached };
});
for (const command of ["dump", "restore", "backup"])
  wait(`${command} --wait, while no server answers`, (folder) => ({
    args: {
      dump: ["dump", "-o", out(folder)],
      restore: ["restore", archive, "--force", "--yes"],
      backup: ["backup", folder],
    }[command]!.concat("-d", "postgresql://u@127.0.0.1:1/d", "--wait", "10m"),
    reached: says(/waiting for the server/),
  }));
for (const args of [
  ["restore", "-", "-d", "TARGET", "--force", "--yes"],
  ["verify", "-"],
  ["inspect", "-"],
  ["pack", "-", "FOLDER"],
  ["diff", "-", "TARGET"],
])
  wait(`${args[0]}, while it reads from standard input`, (folder) => ({
    args: args.map((word) =>
      word === "TARGET" ? target.url : word === "FOLDER" ? join(folder, "packed") : word,
    ),
    around: { input: readFileSync(archive).subarray(0, 300_000) },
    reached: hasRead,
  }));
wait("dump, while nobody reads its standard output", () => ({
  args: ["dump", "-d", source.url, "-o", "-", "--compression", "none"],
  around: { unread: true },
  async reached(started) {
    if (!says(/copying rows/)(started)) return false;
    await sleep(1500);
    return true;
  },
}));
for (const [name, args] of Object.entries({
  dump: (folder: string) => ["dump", "-d", source.url, "-o", out(folder)],
  backup: (folder: string) => ["backup", folder, "-d", source.url],
}))
  // A dump that is complete by then keeps its file, and says so.
  wait(`${name}, while a file is synced`, (folder) => ({
    args: args(folder),
    around: { env: slowFiles("sync") },
    reached: says(/slow sync/),
  }));
wait("restore, while it asks for confirmation", async () => {
  await target.query("CREATE TABLE IF NOT EXISTS public.users (id int)");
  return {
    args: ["restore", archive, "-d", target.url, "--force", "--while-connected"],
    around: { terminal: true },
    reached: says(/will be overwritten[^]*type/i),
  };
});
wait("drill, while the embedded server starts", (folder) => ({
  args: ["drill", archive, "--json"],
  reached: () =>
    readdirSync(join(folder, "tmp")).some((name) => name.startsWith("nexushub-dump-pg")),
}));
wait("demo, while the embedded server starts", (folder) => ({
  args: ["demo"],
  reached: () =>
    readdirSync(join(folder, "tmp")).some((name) => name.startsWith("nexushub-dump-pg")),
}));

/** Enough for the quick gate: one of each kind. */
const GATE = [
  "dump, when the server turns silent at: copy",
  "backup, while it waits for a lock",
  "restore, while it reads from standard input",
  "dump --wait, while no server answers",
  "drill, while the embedded server starts",
];
const NAMES = Object.keys(WAITS).filter((name) => waiting.runs > 1 || GATE.includes(name));

describe("one signal ends what waits", () => {
  const times: number[] = [];
  afterAll(() => waiting.print({ waits: NAMES.length, "longest ms": Math.max(...times) }));

  test.each(NAMES)("%s", { timeout: waiting.timeoutMs }, async (name) => {
    for (let run = 0; run < waiting.runs; run++) {
      const folder = newFolder();
      const { args, around, reached } = await WAITS[name]!(folder);
      const started = start(args, folder, around);
      let isOver = false;
      void started.finished.then(() => (isOver = true));
      await until(async () => isOver || (await reached(started)), "the moment for the signal");
      expect(isOver, started.stderr()).toBe(false);
      const { code, stderr, ms } = await interrupt(started, SIGNALS[run % 2]!);
      const isWhole = code === 0 && name.includes("is synced");
      if (!isWhole) expect(code, stderr).toBe(130);
      times.push(ms);
      await expectNothingLeft(folder, [LEDGER_NAME, ...(isWhole ? ["out.tar.gz"] : [])]);
      for (const close of closers.splice(0)) await close();
    }
  });
});

interface Work {
  readonly args: (folder: string) => readonly string[];
  readonly prepare?: (folder: string) => void;
  /** The names that it may leave. */
  readonly leaves?: readonly string[];
}

const isBackup = (name: string): boolean => name === LEDGER_NAME || name.startsWith("nexushub-2");

const WORKS: Readonly<Record<string, Work>> = {
  dump: { args: (folder) => ["dump", "-d", source.url, "-o", out(folder), "--jobs", "3"] },
  "dump --reproducible": {
    args: (folder) => ["dump", "-d", source.url, "-o", out(folder), "--reproducible"],
  },
  restore: { args: () => ["restore", archive, "-d", target.url, "--force", "--yes"] },
  backup: { args: (folder) => ["backup", folder, "-d", source.url] },
  verify: { args: () => ["verify", archive] },
  "verify --against": { args: () => ["verify", archive, "--against", source.url] },
  diff: { args: () => ["diff", archive, source.url] },
  drill: { args: () => ["drill", archive] },
  prune: {
    args: (folder) => ["prune", folder, "--keep", "1"],
    prepare: (folder) => cpSync(backups, folder, { recursive: true }),
  },
  pack: { args: (folder) => ["pack", archive, join(folder, "packed")], leaves: ["packed"] },
  unpack: { args: (folder) => ["unpack", packed, out(folder)] },
};

describe("one signal ends what works", () => {
  const lab = campaign("signals at any moment", { gate: 1, full: 40, msPerRun: 40_000 });
  const counts = { interrupted: 0, done: 0, "longest ms": 0 };
  afterAll(() => lab.print(counts));
  const names = Object.keys(WORKS).filter((name) => lab.runs > 1 || name === "restore");

  test.each(names)("%s", { timeout: lab.timeoutMs }, async (name) => {
    const { args, prepare, leaves } = WORKS[name]!;
    const first = newFolder();
    prepare?.(first);
    const begun = performance.now();
    const whole = await start(args(first), first).finished;
    const longest = performance.now() - begun;
    expect([0, 1], whole.stderr).toContain(whole.code);
    for (let run = 0; run < lab.runs; run++) {
      const folder = newFolder();
      prepare?.(folder);
      const started = start(args(folder), folder);
      const moment = 60 + lab.random(run).below(Math.ceil(longest));
      const isOver = await Promise.race([started.finished, sleep(moment)]);
      if (isOver !== undefined) {
        counts.done++;
        continue;
      }
      const { code, stderr, ms } = await interrupt(started, SIGNALS[run % 2]!);
      counts["longest ms"] = Math.max(counts["longest ms"], ms);
      const words = `${name} after ${moment} of ${longest} ms: ${stderr}`;
      // Before the handlers are there the signal itself ends the process; the end may come first.
      if (code !== null) expect([130, whole.code], words).toContain(code);
      counts[code === 130 || code === null ? "interrupted" : "done"]++;
      const ofBackup = readdirSync(folder).filter(isBackup);
      const finished = code === whole.code ? ["out.tar.gz"] : [];
      await expectNothingLeft(folder, [...(leaves ?? []), ...finished, ...ofBackup]);
    }
  });
});
